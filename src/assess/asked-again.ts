import type { AskedAgainResult } from '../core/custody';
import type { Text } from '../core/language';
import { phrase } from '../core/language';
import type { Answer } from '../core/logs';
import type { Interval } from '../core/period';
import type { Column, Rows } from '../core/table';
import { columnIndex } from '../core/table';
import type { QueryNature } from './query-nature';
import type { RowDifference } from './row-difference';
import { differenceOfRows } from './row-difference';

/** Answers to one question, when the period was reported on and when it was asked again. */
export interface AnswerPair {
  readonly before: Answer;
  readonly after: Answer;
}

/** How the records of one table, which its coverage question counts, have changed. */
export interface TableDifference {
  readonly table: string;
  /** Records of the period that are counted now and were not then, over all registries and hours. */
  readonly added: number;
  /** Records of the period that were counted then and are not now. */
  readonly lost: number;
  /** Whether anything else in the count differs, the look-back included. */
  readonly otherwise: boolean;
  /** Whether the source holds less of the time before the period than it did. */
  readonly lookBackShortened: boolean;
  /** A sentence: why nothing can be concluded from what is not there; undefined when it can. */
  readonly cannotTell?: Text;
}

/** How one audit's answer has changed. */
export interface AuditDifference extends RowDifference {
  readonly audit: string;
  /** Whether vanished and changed rows follow from records that came late, none having been lost. */
  readonly explained: boolean;
  /** A sentence: why what is not there any more can't be judged. */
  readonly cannotTell?: Text;
  /** A sentence: why a difference of this audit says nothing about the records of the period. */
  readonly notCompared?: Text;
}

const NOTHING: RowDifference = { added: [], vanished: [], changed: [] };

/** Compares two answers to a table's coverage question (see coverage-questions.ts). */
export function differenceOfTable(
  table: string,
  { before, after }: AnswerPair,
  period: Interval,
): TableDifference {
  const nothing = { table, added: 0, lost: 0, otherwise: false, lookBackShortened: false };
  if (after.status === 'failed') {
    return before.status === 'failed'
      ? nothing
      : { ...nothing, cannotTell: phrase('again.tableNotAsked', { table, reason: after.reason }) };
  }
  const then = before.status === 'failed' ? undefined : countsOf(before.table.rows, before);
  const now = countsOf(after.table.rows, after);
  const cannotTell =
    after.status === 'partial'
      ? phrase('again.tablePartial', { table, reason: after.reason })
      : then && edgeProblem(table, then, now, period);
  let [added, lost] = [0, 0];
  for (const cell of new Set([...(then?.cells.keys() ?? []), ...now.cells.keys()])) {
    const change = (now.cells.get(cell) ?? 0) - (then?.cells.get(cell) ?? 0);
    if (change > 0) added += change;
    // Records that are no longer held are not lost ones: that is what `cannotTell` says.
    else if (cannotTell === undefined) lost -= change;
  }
  return {
    table,
    added,
    lost,
    otherwise: then?.text !== now.text,
    lookBackShortened: then !== undefined && isLater(now.earliest, then.earliest),
    ...(cannotTell === undefined ? {} : { cannotTell }),
  };
}

interface Counts {
  /** Records by resource and hour of the period. */
  readonly cells: ReadonlyMap<string, number>;
  readonly records: number;
  readonly earliest: string | undefined;
  /** Everything that was answered, in one text. */
  readonly text: string;
}

function countsOf(rows: Rows, answer: Exclude<Answer, { status: 'failed' }>): Counts {
  const at = (name: string): number => columnIndex(answer.table, name);
  const [resource, hour, count, earliestAt] = [
    at('Resource'),
    at('HourIndex'),
    at('Records'),
    at('Earliest'),
  ];
  const cells = new Map<string, number>();
  let records = 0;
  let earliest: string | undefined;
  for (const row of rows) {
    const time = row[earliestAt];
    if (typeof time === 'string' && (earliest === undefined || time < earliest)) earliest = time;
    if (Number(row[hour]) < 0) continue;
    records += Number(row[count]);
    cells.set(JSON.stringify([row[resource], row[hour]]), Number(row[count]));
  }
  const text = Array.from(rows, (row) => JSON.stringify(row))
    .sort()
    .join('\n');
  return { cells, records, earliest, text };
}

/** Why records that are not there may have been given up by the source, with all that were older. */
function edgeProblem(table: string, then: Counts, now: Counts, period: Interval): Text | undefined {
  if (then.records === 0) return undefined;
  if (now.earliest === undefined) {
    return phrase('again.noneHeld', { table, held: then.records });
  }
  const moved = isLater(now.earliest, then.earliest);
  if (!moved || Date.parse(now.earliest) <= Date.parse(period.start)) return undefined;
  const before = then.earliest ?? '';
  return phrase('again.oldestMoved', { table, now: now.earliest, before });
}

function isLater(now: string | undefined, then: string | undefined): boolean {
  return then !== undefined && (now === undefined || Date.parse(now) > Date.parse(then));
}

/** What comparing an audit's answers needs to know besides them. */
export interface AuditContext {
  readonly audit: string;
  readonly nature: QueryNature;
  readonly unorderedLists: boolean;
  readonly readsBeforePeriod: boolean;
  /** Of the tables that the audit reads. */
  readonly tables: readonly TableDifference[];
}

/** Compares two answers to an audit's question. */
export function differenceOfAudit(
  context: AuditContext,
  { before, after }: AnswerPair,
): AuditDifference {
  const { audit } = context;
  const nothing = { audit, explained: true, ...NOTHING };
  if (after.status === 'failed') {
    return before.status === 'failed'
      ? nothing
      : { ...nothing, cannotTell: phrase('again.notAsked', { reason: after.reason }) };
  }
  if (before.status === 'failed') return { ...nothing, added: [...after.table.rows] };
  if (columnsText(before.table.columns) !== columnsText(after.table.columns)) {
    return { ...nothing, cannotTell: phrase('again.otherColumns') };
  }
  const { nature, unorderedLists, tables } = context;
  const rows = differenceOfRows(before.table, after.table, {
    identity: nature === 'records' ? isTime : isName,
    unorderedLists,
  });
  const notHeld = rows.vanished.length + rows.changed.length;
  if (notHeld + rows.added.length === 0) return nothing;
  const notCompared = comparisonProblem(context);
  if (notCompared !== undefined) return { ...nothing, notCompared };
  if (notHeld === 0) return { audit, explained: true, ...rows };
  const cannotTell =
    after.status === 'partial'
      ? phrase('again.partial', { reason: after.reason })
      : tables.map((table) => table.cannotTell).find((reason) => reason !== undefined);
  // What is not there any more can't be judged; what is there and was not is a fact all the same.
  if (cannotTell !== undefined) return { ...nothing, added: rows.added, cannotTell };
  const { readsBeforePeriod } = context;
  const grew = tables.some((table) => table.added > 0 || (readsBeforePeriod && table.otherwise));
  const explained = nature !== 'records' && grew && tables.every((table) => table.lost === 0);
  return { audit, explained, ...rows };
}

/** Why a difference would prove nothing, or undefined when it does. */
function comparisonProblem(context: AuditContext): Text | undefined {
  if (context.nature === 'approximate') {
    return phrase('again.estimates');
  }
  const shortened = context.tables.find((table) => table.lookBackShortened);
  if (!context.readsBeforePeriod || shortened === undefined) return undefined;
  return phrase('again.lookBackShortened', { table: shortened.table });
}

/** The worst that tables and audits show. */
export function resultOf(
  tables: readonly TableDifference[],
  audits: readonly AuditDifference[],
): AskedAgainResult {
  const lost = tables.some((table) => table.lost > 0) || audits.some((audit) => !audit.explained);
  if (lost) return 'lost';
  if ([...tables, ...audits].some((one) => one.cannotTell !== undefined)) return 'cannot-tell';
  return differs(tables, audits) ? 'late' : 'same';
}

/** Whether anything is to be written down beside the original. */
export function differs(
  tables: readonly TableDifference[],
  audits: readonly AuditDifference[],
): boolean {
  return (
    tables.some((table) => table.added > 0 || table.lost > 0) ||
    audits.some(
      ({ added, vanished, changed }) => added.length + vanished.length + changed.length > 0,
    )
  );
}

function isTime({ type }: Column): boolean {
  return type === 'datetime';
}

function isName({ type }: Column): boolean {
  return type === 'string' || type === 'guid' || type === 'bool';
}

function columnsText(columns: readonly Column[]): string {
  return columns.map(({ name, type }) => `${name}:${type}`).join(',');
}
