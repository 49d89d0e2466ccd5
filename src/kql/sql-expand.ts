import type { KustoType } from '../core/table';
import { functionRule } from './functions';
import type { Relation } from './ir';
import { fieldSql, pointerSql } from './sql-text';
import { unsupported } from './context';

const PLAIN: readonly KustoType[] = ['int', 'long', 'real', 'bool'];

type Expand = Relation & { kind: 'expand' };

/**
 * SQL of mv-expand: one row for each element of the longest list, the shorter ones padded with null.
 * A bag becomes bags of one member each; a value that is no list is its own only element.
 */
export function expandSql(
  relation: Expand,
  lists: readonly string[],
  kept: readonly string[],
  position: string,
  input: string,
  name: (prefix: string) => string,
): string {
  const dynamics = lists.map((sql) => ({ sql, column: name('d') }));
  const named = `SELECT ${[...kept, ...dynamics.map(({ sql, column }) => `${sql} AS ${column}`)].join(', ')} FROM (${input})`;
  const arrays = dynamics.map(({ column }, i) => ({
    column: name('l'),
    sql: elementsSql(column, relation.items[i]?.bagAsArray ?? false),
  }));
  const listed = `SELECT ${[...kept, ...arrays.map(({ sql, column }) => `${sql} AS ${column}`)].join(', ')} FROM (${named})`;
  const longest = `least(greatest(${arrays.map(({ column }) => `len(${column})`).join(', ')}), ${relation.limit})`;
  const columns = arrays.map(({ column }) => column);
  const unnested = `SELECT ${[...kept, ...columns, `unnest(range(1, ${longest} + 1)) AS ${position}`].join(', ')} FROM (${listed})`;
  const elements = relation.items.map((item, i) => {
    const element = `nullif(CAST(${columns[i] ?? ''}[${position}] AS VARCHAR), 'null')`;
    return `${convertSql(element, item.field.type)} AS ${fieldSql(item.field.id)}`;
  });
  const index =
    relation.index === undefined ? [] : [`${position} - 1 AS ${fieldSql(relation.index.id)}`];
  return `SELECT ${[...kept, ...elements, ...index, position].join(', ')} FROM (${unnested})`;
}

function elementsSql(dynamic: string, bagAsArray: boolean): string {
  const member = `json_extract(${dynamic}, ${pointerSql('k')})`;
  const single = bagAsArray
    ? `CAST(json_array(k, ${member}) AS JSON)`
    : `CAST(json_object(k, ${member}) AS JSON)`;
  return [
    `CASE json_type(${dynamic}) WHEN 'ARRAY' THEN json_extract(${dynamic}, '$[*]')`,
    `WHEN 'OBJECT' THEN list_transform(json_keys(${dynamic}), lambda k: ${single})`,
    `ELSE [CAST(${dynamic} AS JSON)] END`,
  ].join(' ');
}

/** An element in the type that `to typeof(…)` asks for. */
function convertSql(element: string, type: KustoType): string {
  if (type === 'dynamic') return element;
  if (type === 'string') return `coalesce(json_extract_string(${element}, '$'), '')`;
  const call = {
    name: `to${type}`,
    type,
    refuse: (what: string) => unsupported(what, { line: 1, column: 1 }),
  };
  const rule = functionRule(type === 'real' ? 'todouble' : `to${type}`);
  if (rule === undefined) throw call.refuse(`mv-expand to ${type}`);
  // A text is neither a number nor a bool here, other than for tolong(…) and its like.
  const kinds = `'BIGINT', 'UBIGINT', ${type === 'bool' ? `'BOOLEAN'` : `'DOUBLE'`}`;
  const isKind = `json_type(${element}) IN (${kinds})`;
  const own = PLAIN.includes(type) ? `CASE WHEN ${isKind} THEN ${element} END` : element;
  return rule.sql([{ sql: own, type: 'dynamic', literal: undefined }], call);
}
