import type { ChainEntry } from '../archive/chain';
import { coveredPeriods, readChain, referenceTo, spokeLast } from '../archive/chain';
import { reviewsByEntry } from '../archive/reviews';
import type { Archive } from '../core/archive';
import type { Catalog } from '../core/definitions';
import type { Severity } from '../core/outcome';
import { SEVERITIES } from '../core/outcome';
import type { Past, PastPeriod } from '../core/past';
import type { Interval, Period } from '../core/period';
import type { StreamDefinition } from './streams';
import { streamsOf } from './streams';

/** Earlier periods that a report compares itself with. */
const PERIODS_BEFORE = 6;

/**
 * What chains say of the periods before a week, month or quarter, and of its days; undefined for a day, whose
 * report compares itself with the day before. `entries` are the chain of the report's own stream.
 */
export async function gatherPast(
  { archive, catalog }: { readonly archive: Archive; readonly catalog: Catalog },
  definition: StreamDefinition,
  period: Period,
  entries: readonly ChainEntry[],
): Promise<Past | undefined> {
  if (period.kind === 'day') return undefined;
  const before = pastPeriods(entries)
    .filter((past) => past.period.kind === period.kind && past.period.end <= period.start)
    .slice(-PERIODS_BEFORE);
  const daily = dailyStreamOf(catalog, definition);
  if (daily === undefined) return { before, days: [] };
  const all = pastPeriods(await readChain(archive, daily.stream));
  const days = all.filter((past) => past.period.kind === 'day' && isIn(past.period, period));
  return { before, days, dailyStream: daily.stream };
}

/** The first daily report over the same registries, by the same days. */
function dailyStreamOf(
  catalog: Catalog,
  { report, scope }: StreamDefinition,
): StreamDefinition | undefined {
  return streamsOf(catalog).find(
    (other) =>
      other.report.period === 'day' &&
      other.report.timeZone === report.timeZone &&
      JSON.stringify(other.scope.registries) === JSON.stringify(scope.registries),
  );
}

function isIn(inner: Interval, outer: Interval): boolean {
  return inner.start >= outer.start && inner.end <= outer.end;
}

/** Every period that a chain accounts for, in order of time. */
function pastPeriods(entries: readonly ChainEntry[]): PastPeriod[] {
  const reviews = reviewsByEntry(entries);
  return [...coveredPeriods(entries).keys()]
    .flatMap((id) => {
      const entry = spokeLast(entries, id);
      return entry === undefined
        ? []
        : pastPeriod(entry, reviews.get(entry.sequence)?.at(-1)?.predicate.decision);
    })
    .sort((a, b) => (a.period.start < b.period.start ? -1 : 1));
}

function pastPeriod(entry: ChainEntry, review: PastPeriod['review']): PastPeriod[] {
  const { predicate } = entry.manifest;
  const none = Object.fromEntries(SEVERITIES.map((name) => [name, 0])) as Record<Severity, number>;
  const reviewed = review === undefined ? {} : { review };
  if (predicate.kind === 'gap') {
    return [
      {
        period: plainPeriod(predicate.period),
        outcome: 'gap',
        findings: none,
        untold: 0,
        records: 0,
        entry: referenceTo(entry),
        ...reviewed,
      },
    ];
  }
  if (predicate.kind !== 'run' && predicate.kind !== 'amendment') return [];
  return [
    {
      period: plainPeriod(predicate.period),
      outcome: predicate.outcome,
      findings: { ...none, ...predicate.counts.findings },
      untold: predicate.counts.audits.error,
      records: predicate.intake.records,
      entry: referenceTo(entry),
      ...reviewed,
    },
  ];
}

function plainPeriod({ kind, id, timeZone, start, end }: Period): Period {
  return { kind, id, timeZone, start, end };
}
