import type { AskedAgain, Custody, EntryReference } from './custody';
import type {
  Branding,
  ChartDefinition,
  ColumnWords,
  ControlRef,
  Expectation,
  ExportKind,
  Waiver,
  WhenColumns,
} from './definitions';
import type { LanguageId, Text } from './language';
import type { Intake, SourceDescription } from './logs';
import type { Outcome, Severity } from './outcome';
import type { Past } from './past';
import type { Instant, Interval, Period } from './period';
import type { Cell, Table } from './table';

/** A row that should not be there, or the absence of one that should. */
export interface Finding {
  readonly audit: string;
  readonly severity: Severity;
  /** One sentence, from the audit's template and raw log values: hostile until a renderer has made it visible. */
  readonly text: Text;
  /** 0-based row of the audit's answer; undefined for an absence. */
  readonly row?: number;
  /** The row's values by column name; empty for an absence. Raw. */
  readonly values: Readonly<Record<string, Cell>>;
  /** Stays the same for the same fact in another run: SHA-256 over audit id and row values. */
  readonly key: string;
  readonly waiver?: Waiver;
}

/** How one audit's question was answered, for whoever re-performs it. */
export interface Execution {
  /** The query as sent, parameters included. */
  readonly query: string;
  readonly querySha256: string;
  /** All records the query may read, look-back included. */
  readonly window: Interval;
  readonly executedAt: Instant;
  readonly durationMs: number;
  readonly answer: 'complete' | 'partial' | 'failed';
  /** Rows of the answer; 0 when it failed. */
  readonly rowCount: number;
  /** Paths below the run's folder. `answerFile` is absent when the query failed. */
  readonly queryFile: string;
  readonly answerFile?: string;
  readonly answerSha256?: string;
  readonly csvFile?: string;
}

/** A question of a run that is no audit: what its coverage rests on. */
export interface OtherQuestion {
  /** `coverage-<table>`, or one about the source itself. */
  readonly id: string;
  /** It has no CSV file. */
  readonly execution: Omit<Execution, 'csvFile'>;
}

/** One audit of a run: its question, and what it came to. */
export interface AuditResult {
  readonly id: string;
  readonly title: string;
  readonly purpose: string;
  readonly expect: Expectation;
  readonly severity: Severity;
  readonly remediation: string;
  readonly controls: readonly ControlRef[];
  readonly tables: readonly string[];
  readonly outcome: Outcome;
  /** A whole sentence, always set. */
  readonly reason: Text;
  /** Findings that no waiver accepts, in row order. */
  readonly findings: readonly Finding[];
  readonly waived: readonly Finding[];
  /** The answer's rows; no columns when the query failed. */
  readonly table: Table;
  readonly charts?: readonly ChartDefinition[];
  readonly when?: WhenColumns;
  /** What columns are called where people read them, and words for values that the query itself makes. */
  readonly headings?: Readonly<Record<string, string>>;
  readonly words?: ColumnWords;
  readonly execution: Execution;
}

/** `collected` records came; `quiet` none, and something proves that none was lost; `gap` activity elsewhere, none here; `unknown`. */
export type CoverageState = 'collected' | 'quiet' | 'gap' | 'unknown';

/** Whether the logs of one registry were arriving in one hour. */
export interface CoverageHour {
  readonly start: Instant;
  readonly state: CoverageState;
  /** Login and repository records of the hour. */
  readonly records: number;
  /** Pulls and pushes that the platform's metrics counted; undefined when no metric record came. */
  readonly metricCount?: number;
  /** Log lines of the hour that can’t be read: whatever records came, they may not be all. */
  readonly unreadable?: number;
}

export interface RegistryCoverage {
  /** Resource name in lower case. */
  readonly registry: string;
  /** Every hour of the period, in order. */
  readonly hours: readonly CoverageHour[];
}

/** Whether one table had records in the period. */
export interface TableCoverage {
  readonly table: string;
  /** `silent`: it exists, holds no record of the period, and nothing proves that none was lost. */
  readonly state: 'collected' | 'quiet' | 'silent' | 'missing' | 'not-asked';
  readonly records: number;
  /** The oldest record that a look-back query could have seen; undefined when there is none. */
  readonly earliest?: Instant;
  /** Log lines of the period that can’t be read and are of no one registry. */
  readonly unreadable?: number;
  /** A sentence: what this rests on. */
  readonly reason: Text;
}

/** What else than the records was looked at to know whether they are all. */
export interface CoverageProof {
  readonly source:
    | 'discovery'
    | 'diagnostic-settings'
    | 'metrics-api'
    | 'workspace'
    | 'ingestion-health'
    | 'ingestion-delay'
    | 'canary';
  /** `off`: not looked at; `unknown`: looked at, and it says nothing; `contradicts`: it shows that something is wrong. */
  readonly status: 'supports' | 'contradicts' | 'unknown' | 'off';
  /** One or two sentences. */
  readonly text: Text;
}

/** Whether the logs were arriving, and what that rests on. */
export interface Coverage {
  /** The worst thing in one or two sentences: answers "were we looking?". */
  readonly verdict: Text;
  /** Whether every registry-hour is collected or quiet, and nothing shows that records were lost. */
  readonly complete: boolean;
  readonly registries: readonly RegistryCoverage[];
  readonly tables: readonly TableCoverage[];
  /** In a fixed order, those that are off included. */
  readonly proofs: readonly CoverageProof[];
}

/** What is different from the previous sealed period of the same stream. */
export interface Changes {
  /** The previous period's id, or undefined when no run of it is sealed. */
  readonly since?: string;
  /** Sentences. Raw log values in them: hostile until made visible. */
  readonly appeared: readonly Text[];
  readonly gone: readonly Text[];
  readonly unusual: readonly Text[];
}

/** A waiver of the report's definition, and what it came to. */
export interface WaiverUse {
  readonly waiver: Waiver;
  /** Findings that it accepted. */
  readonly accepted: number;
  /** `ends-soon` accepts findings, too; `unused` could and did not; `expired` accepts none any more. */
  readonly state: 'in-force' | 'ends-soon' | 'unused' | 'expired';
}

/** The newest entry of the stream's chain when the run began. */
export type PreviousEntry = EntryReference;

/** What a report stands beside. */
export interface Amendment {
  /** 1 for the period's first. */
  readonly number: number;
  readonly amends: EntryReference;
  /** What differs; undefined when the entry that is amended is a gap. */
  readonly difference?: AskedAgain;
}

/** What making a report took, as far as it is known from the answers. */
export interface RunCost {
  readonly questions: number;
  /** Sent to the source, repetitions included; one for each question where the source does not say. */
  readonly requests: number;
  /** Of all answers. */
  readonly rows: number;
  /** Of all answers as text. */
  readonly bytes: number;
  /** From question to answer, summed: questions are asked side by side. */
  readonly milliseconds: number;
  /** Processor time at the source, where it says so. */
  readonly cpuMilliseconds?: number;
  /** Sent to Azure Resource Manager. */
  readonly platformRequests: number;
}

/** Everything that a report shows: a plain value, from which every output is made. */
export interface Report {
  readonly stream: string;
  readonly runId: string;
  readonly reportId: string;
  readonly title: string;
  /** In which its outputs are written. */
  readonly language: LanguageId;
  readonly branding?: Branding;
  readonly scopeId: string;
  /** Resource names in lower case. */
  readonly registries: readonly string[];
  readonly period: Period;
  readonly outcome: Outcome;
  /** The whole report in one or two sentences. */
  readonly verdict: Text;
  readonly auditCounts: Readonly<Record<Outcome, number>>;
  /** Findings that no waiver accepts. */
  readonly findingCounts: Readonly<Record<Severity, number>>;
  readonly coverage: Coverage;
  readonly changes: Changes;
  /** All unwaived findings, worst first, then in order of audit and row. */
  readonly findings: readonly Finding[];
  /** In the report definition's order. */
  readonly audits: readonly AuditResult[];
  /** In the order in which they were asked. */
  readonly otherQuestions: readonly OtherQuestion[];
  readonly waivers: readonly WaiverUse[];
  /** Set for periods longer than a day. */
  readonly past?: Past;
  /** Formats in which the answers are filed besides CSV. */
  readonly exports?: readonly ExportKind[];
  readonly intake: Intake;
  readonly cost: RunCost;
  readonly source: SourceDescription;
  readonly definitionSha256: string;
  /** When this run began. */
  readonly startedAt: Instant;
  /** True when the run was made well after it was due. */
  readonly madeUp: boolean;
  readonly previousEntry?: PreviousEntry;
  readonly custody: Custody;
  /** Set when this report was made again for a closed period, beside the one that is sealed. */
  readonly amendment?: Amendment;
  /** Fingerprint of the key that signs the run. */
  readonly keyFingerprint: string;
  readonly software: { readonly name: string; readonly version: string; readonly commit: string };
}
