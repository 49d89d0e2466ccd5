import type { AuditDefinition, OperationWords, Waiver } from '../core/definitions';
import { wordFor } from '../core/definitions';
import { sha256, stableJson } from '../core/digest';
import { fillSentence } from '../core/finding-sentence';
import { phrase } from '../core/language';
import type { Finding } from '../core/report';
import type { Cell, Table } from '../core/table';
import { rowAsRecord } from '../core/table';

/** What findings are made with besides the answer. */
export interface FindingRules {
  readonly waivers: readonly Waiver[];
  /** The date on which waivers are tested, in the report's time zone: `2026-03-02`. */
  readonly today: string;
  /** Undefined for a report that reads no records of them. */
  readonly operations: OperationWords | undefined;
}

/** One finding for each row, in row order. A waiver that matches and has not ended is attached. */
export function findingsOf(
  audit: AuditDefinition,
  table: Table,
  { waivers, today, operations }: FindingRules,
): Finding[] {
  const times = new Set(
    table.columns.filter(({ type }) => type === 'datetime').map(({ name }) => name),
  );
  return Array.from(table.rows, (row, index) => {
    const values = rowAsRecord(table, row);
    const waiver = waivers.find((candidate) => applies(candidate, audit.id, values, today));
    return {
      audit: audit.id,
      severity: audit.severity,
      text: textOf(audit, values, times, operations),
      row: index,
      values,
      key: sha256(stableJson({ audit: audit.id, values })),
      ...(waiver === undefined ? {} : { waiver }),
    };
  });
}

/** The finding that stands for the absence of every row. */
export function absenceFinding(audit: AuditDefinition): Finding {
  return {
    audit: audit.id,
    severity: audit.severity,
    text: phrase('judge.absence', { title: audit.title }),
    values: {},
    key: sha256(stableJson({ audit: audit.id, values: null })),
  };
}

/**
 * The audit’s sentence with raw values, times in whole seconds, or the words that the audit or the report's language
 * has for them; renderers make the result visible.
 */
function textOf(
  { finding, words, nothing = '(none)' }: AuditDefinition,
  values: Readonly<Record<string, Cell>>,
  times: ReadonlySet<string>,
  operations: OperationWords | undefined,
): string {
  const valueOf = (name: string): string | undefined => {
    const value = values[name] ?? null;
    if (value === null || value === '') return undefined;
    if (times.has(name)) return timeText(String(value));
    const text = String(value);
    const word = wordFor(words, name, text);
    return word === text && name === OPERATION_COLUMN ? operationText(operations, text) : word;
  };
  return fillSentence(finding, valueOf, nothing);
}

/** The column that Azure's operations, and those of registries, stand in. */
const OPERATION_COLUMN = 'OperationName';

function operationText(operations: OperationWords | undefined, name: string): string {
  const key = name.toUpperCase();
  return operations !== undefined && Object.hasOwn(operations, key)
    ? (operations[key] ?? name)
    : name;
}

/** `2026-11-21 05:02:11 UTC`: the row has every digit. */
function timeText(time: string): string {
  return time.replace(/^(\S+)T(\d\d:\d\d:\d\d)(\.\d+)?Z$/, '$1 $2 UTC');
}

function applies(
  waiver: Waiver,
  audit: string,
  values: Readonly<Record<string, Cell>>,
  today: string,
): boolean {
  return (
    waiver.audit === audit &&
    today < waiver.expires &&
    Object.entries(waiver.match).every(([column, wanted]) => String(values[column]) === wanted)
  );
}
