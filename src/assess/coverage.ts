import { phrase } from '../core/language';
import type { Answer, UnreadableLine } from '../core/logs';
import type { Instant, Interval } from '../core/period';
import { toInstant } from '../core/period';
import type {
  Coverage,
  CoverageHour,
  CoverageState,
  RegistryCoverage,
  TableCoverage,
} from '../core/report';
import { columnIndex } from '../core/table';
import type { OutsideEvidence, RegistryRecords } from './coverage-proofs';
import { coverageProofs, knownResources, SHOW_LOSS } from './coverage-proofs';
import { EVENT_TABLES, METRIC_TABLE } from './coverage-questions';
import { coverageVerdict } from './coverage-verdict';
import { hourCount, startOfHour } from './hours';
import { metricCounts } from './platform-view';
import { unreadableIn, type UnreadableInPeriod } from './unreadable-lines';

/** Azure records idle metrics every two hours at the least, so a silence this short says nothing. */
const METRIC_BACK_OFF_HOURS = 2;

/** What the coverage questions answered, by table. */
export type CoverageAnswers = ReadonlyMap<string, Answer>;

interface HourCount {
  records: number;
  counted: number;
}

interface TableCounts {
  /** By resource name, then by hour of the period. */
  readonly hours: ReadonlyMap<string, ReadonlyMap<number, HourCount>>;
  readonly records: number;
  readonly earliest: Instant | undefined;
}

/**
 * Whether the logs were arriving, per registry and hour and per table: from the records, and from whatever
 * else was asked. `registries` are resource names in lower case; an empty list means that none is known.
 */
export function assessCoverage(
  period: Interval,
  registries: readonly string[],
  answers: CoverageAnswers,
  outside: OutsideEvidence,
  unreadable: readonly UnreadableLine[] = [],
): Coverage {
  const counts = new Map<string, TableCounts>();
  for (const [table, answer] of answers) {
    if (answer.status !== 'failed') counts.set(table, countByHour(answer));
  }
  const platformCounts = countsOfPlatform(outside, registries, period);
  const unread = unreadableIn(unreadable, period);
  const strips = registries.map((registry) =>
    registryCoverage(registry, period, counts, platformCounts.get(registry), unread),
  );
  const tables = [...answers].map(([table, answer]) => {
    const lines = unread.tables.get(table);
    const covered = tableCoverage(table, answer, counts.get(table), strips);
    return lines === undefined ? covered : { ...covered, unreadable: lines };
  });
  const proofs = coverageProofs(
    outside,
    period,
    registries.map((registry) => recordsOf(registry, counts)),
  );
  const complete =
    strips.length > 0 &&
    strips.every((strip) => strip.hours.every((hour) => isCovered(hour.state))) &&
    tables.every((table) => table.unreadable === undefined) &&
    !proofs.some(({ source, status }) => status === 'contradicts' && SHOW_LOSS.includes(source));
  const verdict = coverageVerdict(strips, tables, proofs);
  return { verdict, complete, registries: strips, tables, proofs };
}

/** What the platform’s metrics counted, by registry and hour; those of which nothing is known are missing. */
function countsOfPlatform(
  outside: OutsideEvidence,
  registries: readonly string[],
  period: Interval,
): Map<string, ReadonlyMap<number, number>> {
  const { platform } = outside;
  const counts = new Map<string, ReadonlyMap<number, number>>();
  if (platform === undefined) return counts;
  for (const { id, name } of knownResources(outside, registries)) {
    const told = metricCounts(platform, id, period);
    if (told.told) counts.set(name, told.value);
  }
  return counts;
}

function recordsOf(registry: string, counts: ReadonlyMap<string, TableCounts>): RegistryRecords {
  const [logins = 0, repositoryEvents = 0] = EVENT_TABLES.map((table) => {
    const hours = counts.get(table)?.hours.get(registry)?.values() ?? [];
    return [...hours].reduce((sum, hour) => sum + hour.records, 0);
  });
  return { registry, logins, repositoryEvents };
}

/** The registries that coverage answers name, in order. */
export function registriesInAnswers(answers: CoverageAnswers): string[] {
  const names = new Set<string>();
  for (const table of [...EVENT_TABLES, METRIC_TABLE]) {
    const answer = answers.get(table);
    if (answer === undefined || answer.status === 'failed') continue;
    for (const name of countByHour(answer).hours.keys()) names.add(name);
  }
  return [...names].sort();
}

/** True for the two states in which nothing can have been missed as far as is known. */
export function isCovered(state: CoverageState): boolean {
  return state === 'collected' || state === 'quiet';
}

function countByHour(answer: Exclude<Answer, { status: 'failed' }>): TableCounts {
  const at = (name: string): number => columnIndex(answer.table, name);
  const [resource, hour, recordsAt, countedAt, earliestAt] = [
    at('Resource'),
    at('HourIndex'),
    at('Records'),
    at('Counted'),
    at('Earliest'),
  ];
  const hours = new Map<string, Map<number, HourCount>>();
  let records = 0;
  let earliest: Instant | undefined;
  for (const row of answer.table.rows) {
    const name = registryOf(row[resource]);
    const index = Number(row[hour]);
    const time = row[earliestAt];
    if (typeof time === 'string') {
      const instant = toInstant(new Date(time));
      if (earliest === undefined || instant < earliest) earliest = instant;
    }
    if (name !== undefined && !hours.has(name)) hours.set(name, new Map());
    if (index < 0) continue;
    records += Number(row[recordsAt]);
    if (name === undefined) continue;
    const previous = hours.get(name)?.get(index) ?? { records: 0, counted: 0 };
    hours.get(name)?.set(index, {
      records: previous.records + Number(row[recordsAt]),
      counted: previous.counted + Number(row[countedAt]),
    });
  }
  return { hours, records, earliest };
}

/** The registry's name in a resource id, whatever may follow it. */
function registryOf(resource: unknown): string | undefined {
  if (typeof resource !== 'string') return undefined;
  return /\/registries\/([^/]+)/i.exec(resource)?.[1]?.toLowerCase();
}

function registryCoverage(
  registry: string,
  period: Interval,
  counts: ReadonlyMap<string, TableCounts>,
  platform: ReadonlyMap<number, number> | undefined,
  unread: UnreadableInPeriod,
): RegistryCoverage {
  const count = hourCount(period);
  const metrics = counts.get(METRIC_TABLE)?.hours.get(registry);
  const hours: CoverageHour[] = [];
  for (let index = 0; index < count; index++) {
    const records = EVENT_TABLES.reduce(
      (sum, table) => sum + (counts.get(table)?.hours.get(registry)?.get(index)?.records ?? 0),
      0,
    );
    // What was asked of the platform itself does not depend on whether records arrive.
    const metricCount = platform?.get(index) ?? metricAt(metrics, index, count);
    const unreadable = unread.hours.get(registry)?.get(index);
    const state = hourState(records, metricCount);
    hours.push({
      start: startOfHour(period, index),
      state: unreadable === undefined || state === 'gap' ? state : 'unknown',
      records,
      ...(metricCount === undefined ? {} : { metricCount }),
      ...(unreadable === undefined ? {} : { unreadable }),
    });
  }
  return { registry, hours };
}

function hourState(records: number, metricCount: number | undefined): CoverageState {
  if (records > 0) return 'collected';
  if (metricCount === undefined) return 'unknown';
  return metricCount > 0 ? 'gap' : 'quiet';
}

/**
 * The hour's metric total; zero when it lies in a short pause between two zero records. A pause that reaches out of
 * the period is judged by the record that is in it.
 */
function metricAt(
  metrics: ReadonlyMap<number, HourCount> | undefined,
  index: number,
  count: number,
): number | undefined {
  const own = metrics?.get(index);
  if (own !== undefined) return own.counted;
  const near = (step: 1 | -1): HourCount | undefined => {
    for (let distance = 1; distance <= METRIC_BACK_OFF_HOURS; distance++) {
      const found = metrics?.get(index + step * distance);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  const [before, after] = [near(-1), near(1)];
  if (before === undefined && after === undefined) return undefined;
  const isIdleBefore = before === undefined ? index < METRIC_BACK_OFF_HOURS : before.counted === 0;
  const isIdleAfter =
    after === undefined ? index >= count - METRIC_BACK_OFF_HOURS : after.counted === 0;
  return isIdleBefore && isIdleAfter ? 0 : undefined;
}

function tableCoverage(
  table: string,
  answer: Answer,
  counts: TableCounts | undefined,
  strips: readonly RegistryCoverage[],
): TableCoverage {
  if (answer.status === 'failed' || counts === undefined) {
    const reason = answer.status === 'failed' ? answer.reason : phrase('table.noAnswer');
    const missing = answer.status === 'failed' && answer.code === 'table-missing';
    return { table, state: missing ? 'missing' : 'not-asked', records: 0, reason };
  }
  const earliest = counts.earliest === undefined ? {} : { earliest: counts.earliest };
  if (counts.records > 0) {
    return {
      table,
      state: 'collected',
      records: counts.records,
      ...earliest,
      reason: phrase('table.collected', { count: counts.records }),
    };
  }
  const isEventTable = (EVENT_TABLES as readonly string[]).includes(table);
  const provenQuiet =
    isEventTable &&
    strips.length > 0 &&
    strips.every((strip) => strip.hours.every((hour) => hour.state === 'quiet'));
  return {
    table,
    state: provenQuiet ? 'quiet' : 'silent',
    records: 0,
    ...earliest,
    reason: provenQuiet ? phrase('table.quiet') : phrase('table.silent'),
  };
}
