import type { PeriodFigures } from '../assess/compare';
import type { Retention } from '../core/custody';
import { stableJson } from '../core/digest';
import type { Language, Text } from '../core/language';
import { say } from '../core/language';
import type { Report, TableCoverage } from '../core/report';

/** What `summary.json` holds: the report without its rows, for scripts and for the next run. */
export interface Summary extends Pick<
  Report,
  | 'stream'
  | 'runId'
  | 'title'
  | 'period'
  | 'registries'
  | 'outcome'
  | 'auditCounts'
  | 'findingCounts'
  | 'madeUp'
  | 'startedAt'
> {
  readonly schema: 'tallyman/summary/1';
  /** Sentences are in the report's language. */
  readonly verdict: string;
  readonly coverage: Pick<Report['coverage'], 'complete'> & {
    readonly verdict: string;
    readonly tables: readonly (Omit<TableCoverage, 'reason'> & { readonly reason: string })[];
  };
  readonly figures: PeriodFigures;
  /** How well the archive’s storage kept files when the run began; absent where it was not read. */
  readonly retention?: Omit<Retention, 'detail'> & { readonly detail: string };
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
export function encodeSummary(
  report: Report,
  figures: PeriodFigures,
  language: Language,
): Uint8Array {
  const told = (text: Text): string => say(text, language);
  const { retention } = report.custody;
  const summary: Summary = {
    schema: 'tallyman/summary/1',
    stream: report.stream,
    runId: report.runId,
    title: report.title,
    period: report.period,
    registries: report.registries,
    outcome: report.outcome,
    verdict: told(report.verdict),
    auditCounts: report.auditCounts,
    findingCounts: report.findingCounts,
    madeUp: report.madeUp,
    startedAt: report.startedAt,
    coverage: {
      verdict: told(report.coverage.verdict),
      complete: report.coverage.complete,
      tables: report.coverage.tables.map((table) => ({ ...table, reason: told(table.reason) })),
    },
    figures,
    ...(retention === undefined
      ? {}
      : { retention: { ...retention, detail: told(retention.detail) } }),
    audits: report.audits.map((audit) => ({
      id: audit.id,
      title: audit.title,
      outcome: audit.outcome,
      severity: audit.severity,
      reason: told(audit.reason),
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
