import type { Text } from '../core/language';
import { phrase } from '../core/language';
import type { Outcome } from '../core/outcome';
import type { AuditResult, Changes, Coverage, CoverageHour } from '../core/report';

/** A count that grew or shrank by this factor is worth a line. */
const UNUSUAL_FACTOR = 3;
/** Below this, a large factor is noise. */
const UNUSUAL_LEAST = 20;

/** What a sealed run leaves for the next one to compare with. */
export interface PeriodFigures {
  readonly periodId: string;
  readonly audits: readonly {
    readonly id: string;
    readonly title: string;
    readonly outcome: Outcome;
    readonly findings: number;
    readonly rows: number;
  }[];
  readonly tables: readonly { readonly table: string; readonly records: number }[];
  /** Of registries whose requests the platform’s metrics counted; absent in runs of versions that did not keep it. */
  readonly registries?: readonly {
    readonly registry: string;
    readonly records: number;
    readonly metricCount: number;
  }[];
}

/** The figures of one run. */
export function figuresOf(
  periodId: string,
  audits: readonly AuditResult[],
  coverage: Coverage,
): PeriodFigures {
  return {
    periodId,
    audits: audits.map((audit) => ({
      id: audit.id,
      title: audit.title,
      outcome: audit.outcome,
      findings: audit.findings.length,
      rows: audit.table.rows.length,
    })),
    tables: coverage.tables.map(({ table, records }) => ({ table, records })),
    registries: coverage.registries.flatMap(({ registry, hours }) => {
      const counted = hours.filter(({ metricCount }) => metricCount !== undefined);
      const sum = (count: (hour: CoverageHour) => number): number =>
        counted.reduce((total, hour) => total + count(hour), 0);
      if (counted.length === 0) return [];
      return {
        registry,
        records: sum(({ records }) => records),
        metricCount: sum(({ metricCount }) => metricCount ?? 0),
      };
    }),
  };
}

/** What is new, gone and unusual against the previous sealed period. */
export function compareFigures(now: PeriodFigures, before: PeriodFigures | undefined): Changes {
  if (before === undefined) return { appeared: [], gone: [], unusual: [] };
  const earlier = new Map(before.audits.map((audit) => [audit.id, audit]));
  const appeared: Text[] = [];
  const gone: Text[] = [];
  const unusual: Text[] = [];
  for (const audit of now.audits) {
    const { title } = audit;
    const was = earlier.get(audit.id);
    if (was === undefined) {
      appeared.push(phrase('changes.newAudit', { title }));
      continue;
    }
    if (audit.findings > 0 && was.findings === 0) {
      appeared.push(phrase('changes.appeared', { title, findings: findingsText(audit.findings) }));
    } else if (audit.outcome === 'error' && was.outcome !== 'error') {
      appeared.push(phrase('changes.untold', { title }));
    }
    if (was.findings > 0 && audit.findings === 0 && audit.outcome !== 'error') {
      gone.push(phrase('changes.gone', { title, findings: findingsText(was.findings) }));
    } else if (was.outcome === 'error' && audit.outcome !== 'error') {
      gone.push(phrase('changes.toldAgain', { title }));
    }
    if (isUnusual(audit.rows, was.rows)) {
      unusual.push(phrase('changes.rows', { title, before: was.rows, now: audit.rows }));
    }
  }
  for (const { table, records } of now.tables) {
    const was = before.tables.find((entry) => entry.table === table);
    if (was !== undefined && isUnusual(records, was.records)) {
      unusual.push(phrase('changes.records', { table, before: was.records, now: records }));
    }
  }
  unusual.push(...unusualRatios(now, before));
  return { since: before.periodId, appeared, gone, unusual };
}

/**
 * Registries whose records for each counted request are far fewer or more than before. Metrics and events
 * count different things, so the ratio is each registry's own and is learned from its last period.
 */
function unusualRatios(now: PeriodFigures, before: PeriodFigures): Text[] {
  return (now.registries ?? []).flatMap(({ registry, records, metricCount }) => {
    const was = before.registries?.find((entry) => entry.registry === registry);
    if (was === undefined || Math.min(metricCount, was.metricCount) < UNUSUAL_LEAST) return [];
    const [ratio, ratioBefore] = [records / metricCount, was.records / was.metricCount];
    const [low, high] = ratio < ratioBefore ? [ratio, ratioBefore] : [ratioBefore, ratio];
    if (high < low * UNUSUAL_FACTOR) return [];
    return phrase('changes.ratio', {
      registry,
      before: ratioBefore.toFixed(2),
      now: ratio.toFixed(2),
    });
  });
}

function isUnusual(now: number, was: number): boolean {
  const [low, high] = now < was ? [now, was] : [was, now];
  return high >= UNUSUAL_LEAST && high >= low * UNUSUAL_FACTOR;
}

function findingsText(count: number): Text {
  return phrase('count.findings', { count });
}
