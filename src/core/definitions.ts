import type { KnownTables, OwnTable } from './known-tables';
import type { LanguageId, Languages } from './language';
import type { Severity } from './outcome';
import type { PeriodKind } from './period';
import type { Column } from './table';

/** Whether rows are bad news, required, or only told. */
export type Expectation = 'none' | 'some' | 'any';

/** `timeline`: a column for each hour or day, in order; `ranking`: a bar for each of the greatest. */
export const CHART_KINDS = ['timeline', 'ranking'] as const;

/** How the numbers of an answer are drawn. Its columns are named; rows that agree in `along` are summed. */
export interface ChartDefinition {
  readonly kind: (typeof CHART_KINDS)[number];
  readonly title: string;
  /** What stands along the axis: a datetime or text. */
  readonly along: string;
  /** Columns of numbers, one series each. */
  readonly values: readonly string[];
  /** The column whose values divide the one column of `values` into series. */
  readonly split?: string;
}

/** By column, then by value: the word for it. */
export type ColumnWords = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** An audit's word for a value that its query makes; the value itself when there is none. */
export function wordFor(words: ColumnWords | undefined, column: string, value: string): string {
  const ofColumn = words?.[column];
  return ofColumn !== undefined && Object.hasOwn(ofColumn, value)
    ? (ofColumn[value] ?? value)
    : value;
}

/** Words for the operations of Azure Resource Manager, by their names in upper case, as AzureActivity records them. */
export type OperationWords = Readonly<Record<string, string>>;

/** The datetime column that says when a row happened, or those of its first and last moment. */
export type WhenColumns = readonly [at: string] | readonly [first: string, last: string];

/** One question with an expectation: `templates/audits/<id>/{audit.yaml, query.kql}`. */
export interface AuditDefinition {
  /** The folder's name: `[a-z0-9-]+`. */
  readonly id: string;
  readonly title: string;
  /** Why the question is asked, in a sentence or two. */
  readonly purpose: string;
  /** The tables that the question is about. One that is silent without proof makes the outcome `error`. */
  readonly tables: readonly string[];
  readonly expect: Expectation;
  readonly severity: Severity;
  /** The columns of the answer, in order. */
  readonly columns: readonly Column[];
  /** A sentence for one row: see fillSentence. */
  readonly finding: string;
  readonly controls: readonly ControlRef[];
  /** What the reader of a finding should do. */
  readonly remediation: string;
  /** How far before the period the query reads, in days; 0 when it reads the period alone. */
  readonly lookBackDays: number;
  /** With fewer days of logs than this before the period, the outcome is `error`. */
  readonly lookBackAtLeastDays: number;
  /** Set when a row is true however little of the time before the period there is: then it is a finding all the same. */
  readonly rowsNeedLookBack?: false | undefined;
  /** The text of query.kql, without the parameters that a run puts before it. */
  readonly query: string;
  readonly charts?: readonly ChartDefinition[] | undefined;
  readonly when?: WhenColumns | undefined;
  /** In another language than English: what columns are called, words for values, and for no value. */
  readonly headings?: Readonly<Record<string, string>> | undefined;
  readonly words?: ColumnWords | undefined;
  readonly nothing?: string | undefined;
}

/** A requirement of a framework that an audit gives evidence for. */
export interface ControlRef {
  /** The control file's id, which holds the framework's version: `pci-dss-4.0.1`. */
  readonly framework: string;
  /** `10.2.1.7` */
  readonly id: string;
  /** What the control asks for, in a few words. */
  readonly title: string;
  /** `PCI DSS 4.0.1` */
  readonly frameworkName: string;
}

/** The registries that a report covers. */
export interface Scope {
  /** `[a-z0-9-]+`; part of the stream's name. */
  readonly id: string;
  /** Registry resource names in lower case, or `all`: every registry that the logs name. */
  readonly registries: readonly string[] | 'all';
}

/** An accepted finding. It is shown, never hidden, and it ends. */
export interface Waiver {
  readonly audit: string;
  /** Column values that a finding's row must have, all of them. */
  readonly match: Readonly<Record<string, string>>;
  readonly owner: string;
  readonly reason: string;
  /** The first date (in the report's time zone) on which it no longer holds: `2027-01-31`. */
  readonly expires: string;
}

/** A picture that a PDF/A can hold as it is. */
export interface Logo {
  readonly type: 'image/png' | 'image/jpeg';
  readonly base64: string;
  readonly width: number;
  readonly height: number;
}

/** What a report wears. */
export interface Branding {
  readonly organisation?: string;
  /** How secret it is: a banner on every page. */
  readonly classification?: string;
  /** Of headings, as `#rrggbb`, on a light and on a dark ground. */
  readonly colour?: { readonly light: string; readonly dark: string };
  readonly logo?: Logo;
}

/** A larger PDF is linked, not attached, when a report does not say otherwise. */
export const ATTACHED_MEGABYTES = 5;

/** When a report does not say on which days closed periods are asked again. */
export const ASK_AGAIN_DAYS: readonly number[] = [1, 7, 30];

/**
 * Formats in which a run's answers are filed besides CSV: JSON Lines in gzip and Parquet, a file for each audit; a
 * workbook with a sheet for each.
 */
export const EXPORT_KINDS = ['jsonl', 'parquet', 'xlsx'] as const;
export type ExportKind = (typeof EXPORT_KINDS)[number];

/** A schedule, a scope, recipients and a list of audits: `templates/reports/<id>.yaml`. */
export interface ReportDefinition {
  readonly id: string;
  readonly title: string;
  /** English when absent. */
  readonly language?: LanguageId | undefined;
  readonly period: PeriodKind;
  /** IANA name; periods and shown times are in this zone. */
  readonly timeZone: string;
  /** `07:00`, local; the earliest time of day after a period's end at which its run is made. */
  readonly deliverAt: string;
  /** Hours to wait after a period's end for late logs; a run is due when this and `deliverAt` have passed. */
  readonly settleHours: number;
  /** A local date: the period that holds it is the last one. Absent when there is no end. */
  readonly ends?: string | undefined;
  /** Days after a period's run was due on which its questions are asked again; ascending. */
  readonly askAgainDays: readonly number[];
  readonly scopes: readonly Scope[];
  /** Mail addresses. */
  readonly recipients: readonly string[];
  /** In the order in which they are shown. */
  readonly audits: readonly AuditDefinition[];
  readonly waivers: readonly Waiver[];
  /** What findings call Azure's operations; one that is not here keeps its name. Absent when no audit reads AzureActivity. */
  readonly operations?: OperationWords | undefined;
  /** Megabytes that a PDF may have to be attached to a mail; ATTACHED_MEGABYTES when absent. */
  readonly attachUpTo?: number | undefined;
  readonly branding?: Branding | undefined;
  /** The users' own tables that its audits read; absent when there are none. */
  readonly ownTables?: readonly OwnTable[] | undefined;
  /** Absent when the answers are filed as CSV only. */
  readonly exports?: readonly ExportKind[] | undefined;
}

/** Every definition of a templates folder, checked. */
export interface Catalog {
  readonly reports: readonly ReportDefinition[];
  /** All audits, also those that no report names. */
  readonly audits: readonly AuditDefinition[];
  /** What queries may name. */
  readonly tables: KnownTables;
  readonly languages: Languages;
  /** SHA-256 over the views and languages, which a run's definition digest includes. */
  readonly viewsDigest: string;
}
