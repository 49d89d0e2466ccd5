import type { AuditDefinition, Waiver } from '../core/definitions';
import { wordFor } from '../core/definitions';
import { sha256, stableJson } from '../core/digest';
import { fillSentence } from '../core/finding-sentence';
import { phrase } from '../core/language';
import type { Finding } from '../core/report';
import type { Cell, Table } from '../core/table';
import { rowAsRecord } from '../core/table';

/** One finding for each row, in row order. A waiver that matches and has not ended is attached. */
export function findingsOf(
  audit: AuditDefinition,
  table: Table,
  waivers: readonly Waiver[],
  today: string,
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
      text: textOf(audit, values, times),
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
 * The audit’s sentence with raw values, times in whole seconds, or the audit’s words for them; renderers make the
 * result visible.
 */
function textOf(
  { finding, words, nothing = '(none)' }: AuditDefinition,
  values: Readonly<Record<string, Cell>>,
  times: ReadonlySet<string>,
): string {
  const valueOf = (name: string): string | undefined => {
    const value = values[name] ?? null;
    if (value === null || value === '') return undefined;
    return times.has(name) ? timeText(String(value)) : wordFor(words, name, String(value));
  };
  return fillSentence(finding, valueOf, nothing);
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
