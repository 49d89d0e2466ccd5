import type { PeriodFigures } from '../assess/compare';
import type { Retention } from '../core/custody';
import { stableJson } from '../core/digest';
import type { Report } from '../core/report';

/** What `summary.json` holds: the report without its rows, for scripts and for the next run. */
export interface Summary extends Pick<
  Report,
  | 'stream'
  | 'runId'
  | 'title'
  | 'period'
  | 'registries'
  | 'outcome'
  | 'verdict'
  | 'auditCounts'
  | 'findingCounts'
  | 'madeUp'
  | 'startedAt'
> {
  readonly schema: 'tallyman/summary/1';
  readonly coverage: Pick<Report['coverage'], 'verdict' | 'complete' | 'tables'>;
  readonly figures: PeriodFigures;
  /** How well the archive’s storage kept files when the run began; absent where it was not read. */
  readonly retention?: Retention;
  readonly audits: readonly {
    readonly id: string;
    readonly title: string;
    readonly outcome: string;
    readonly severity: string;
    readonly reason: string;
    readonly findings: number;
    readonly waived: number;
    readonly rows: number;
  }[];
  readonly intake: {
    readonly records: number;
    readonly duplicates: number;
    readonly unreadable: number;
  };
}

/** The file's bytes. */
export function encodeSummary(report: Report, figures: PeriodFigures): Uint8Array {
  const summary: Summary = {
    schema: 'tallyman/summary/1',
    stream: report.stream,
    runId: report.runId,
    title: report.title,
    period: report.period,
    registries: report.registries,
    outcome: report.outcome,
    verdict: report.verdict,
    auditCounts: report.auditCounts,
    findingCounts: report.findingCounts,
    madeUp: report.madeUp,
    startedAt: report.startedAt,
    coverage: {
      verdict: report.coverage.verdict,
      complete: report.coverage.complete,
      tables: report.coverage.tables,
    },
    figures,
    ...(report.custody.retention === undefined ? {} : { retention: report.custody.retention }),
    audits: report.audits.map((audit) => ({
      id: audit.id,
      title: audit.title,
      outcome: audit.outcome,
      severity: audit.severity,
      reason: audit.reason,
      findings: audit.findings.length,
      waived: audit.waived.length,
      rows: audit.table.rows.length,
    })),
    intake: {
      records: report.intake.records,
      duplicates: report.intake.duplicates,
      unreadable: report.intake.unreadable.length,
    },
  };
  return Buffer.from(stableJson(summary));
}

/** Reads the file back; undefined when it is not one of ours. */
export function decodeSummary(content: Uint8Array): Summary | undefined {
  try {
    const value = JSON.parse(Buffer.from(content).toString('utf8')) as Partial<Summary> | null;
    return value?.schema === 'tallyman/summary/1' ? (value as Summary) : undefined;
  } catch {
    return undefined;
  }
}
