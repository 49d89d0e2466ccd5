import type { Cell, KustoType, Table } from '../../src/core/table';

/** A query of Microsoft's documentation with the answer that the real engine gave. */
export interface DocsCase {
  readonly id: string;
  readonly kql: string;
  readonly expected: {
    readonly columns: readonly string[];
    readonly column_types: readonly string[];
    readonly rows: readonly (readonly unknown[])[];
  };
}

/** An adversarial query with the real engine's answer as text, or the fact that it was rejected. */
export interface VerdictCase {
  readonly id: string;
  readonly family: string;
  readonly kql: string;
  readonly kusto: {
    readonly Columns: readonly string[];
    readonly RowCount: number;
    readonly SampleRows: readonly string[];
    readonly Error?: string;
  };
}

const DOCS_TYPES: Readonly<Record<KustoType, string>> = {
  bool: 'SByte',
  datetime: 'DateTime',
  decimal: 'SqlDecimal',
  dynamic: 'Object',
  guid: 'Guid',
  int: 'Int32',
  long: 'Int64',
  real: 'Double',
  string: 'String',
  timespan: 'TimeSpan',
};

const VERDICT_TYPES: Readonly<Record<KustoType, string>> = {
  bool: 'Bool',
  datetime: 'DateTime',
  decimal: 'Real',
  dynamic: 'Dynamic',
  guid: 'Guid',
  int: 'Int',
  long: 'Int',
  real: 'Real',
  string: 'String',
  timespan: 'TimeSpan',
};

/** Cases of which the engine's own documentation says that several answers are right, by what is open. */
const OPEN: Readonly<Record<string, string>> = {
  'arg-max-aggregation-function-02': 'the row of a group without any key',
  'arg-min-aggregation-function-02': 'the row of a group without any key',
  'join-innerunique-03': 'which of two equal left rows is used',
  B0244: 'the row of a group without any key',
  B0260: 'which of two rows with the greatest key',
  B0686: 'the order of rows that are equal in the sort key',
};

/** Whether the real engine always gives the same answer, so that comparing means something. */
export function isComparable({ id, kql }: { readonly id: string; readonly kql: string }): boolean {
  if (Object.hasOwn(OPEN, id)) return false;
  return !/\b(rand|new_guid|now|ago|sample(?!-distinct)|take|limit|take_any|any|cursor_\w+|current_\w+|ingestion_time)\b/.test(
    kql.replace(/"[^"]*"|'[^']*'/g, ''),
  );
}

/** What differs from the documented answer, or undefined. */
export function compareDocs(expected: DocsCase, table: Table): string | undefined {
  const { columns, column_types: types, rows } = expected.expected;
  const header = (names: readonly string[]): string => names.join(', ');
  const [wanted, came] = [
    header(columns.map((name, i) => `${name}:${types[i] ?? ''}`)),
    header(table.columns.map((column) => `${column.name}:${DOCS_TYPES[column.type]}`)),
  ];
  if (wanted !== came) return `columns ${wanted} ≠ ${came}`;
  const kinds = table.columns.map((column) => column.type);
  const left = rows.map((row) => row.map((cell, i) => docsText(cell, kinds[i])).join(' | '));
  const right = Array.from(table.rows, (row) =>
    row.map((cell, i) => ownText(cell, kinds[i])).join(' | '),
  );
  return compareRows(expected.kql, left, right);
}

function docsText(cell: unknown, type: KustoType | undefined): string {
  if (cell === null || cell === undefined) return type === 'string' ? '""' : 'null';
  if (type === 'dynamic') return stable(typeof cell === 'string' ? looseJson(cell) : cell);
  if (type === 'bool') return String(Boolean(cell));
  return canonical(typeof cell === 'string' ? cell : JSON.stringify(cell), type);
}

function ownText(cell: Cell, type: KustoType | undefined): string {
  if (cell === null) return 'null';
  if (type === 'dynamic') return stable(JSON.parse(String(cell)));
  return canonical(String(cell), type);
}

function canonical(text: string, type: KustoType | undefined): string {
  if (type === 'string') return JSON.stringify(text);
  // Longs beyond 2^53 are rounded already where the answers were read.
  if (type === 'long') return String(Number(text));
  if (type === 'real') return (Number(text) + 0).toPrecision(9);
  if (type === 'datetime') return text.replace(/\.?0*Z$/, 'Z').replace(/(:\d\d)$/, '$1Z');
  return text;
}

function looseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** JSON with sorted keys and rounded numbers. */
function stable(value: unknown): string {
  if (typeof value === 'number') return (value + 0).toPrecision(9);
  if (Array.isArray(value)) return `[${value.map(stable).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${stable(item)}`).join(',')}}`;
}

/** What differs from the real engine's answer, or undefined. */
export function compareVerdict(expected: VerdictCase, table: Table): string | undefined {
  const { Columns: columns, RowCount: count, SampleRows: samples } = expected.kusto;
  const wanted = columns.join(', ');
  const came = table.columns.map((c) => `${c.name}:${VERDICT_TYPES[c.type]}`).join(', ');
  if (wanted !== came) return `columns ${wanted} ≠ ${came}`;
  if (count !== table.rows.length) return `rows ${count} ≠ ${table.rows.length}`;
  if (samples.length < count) return undefined;
  const kinds = table.columns.map((column) => column.type);
  const own = Array.from(
    table.rows,
    (row) => `(${row.map((cell, i) => verdictText(cell, kinds[i])).join(', ')})`,
  );
  return compareRows(expected.kql, samples.map(loose), own.map(loose));
}

function verdictText(cell: Cell, type: KustoType | undefined): string {
  if (cell === null) return 'null';
  if (type === 'string') return `'${String(cell)}'`;
  if (type === 'bool') return cell === true ? 'True' : 'False';
  if (type === 'dynamic') return JSON.stringify(JSON.parse(String(cell)), null, 2);
  if (type === 'datetime') {
    const [whole = '', fraction = ''] = String(cell).slice(0, -1).split('.');
    return `${whole}.${fraction.padEnd(7, '0')}Z`;
  }
  return String(cell);
}

/** Text without blanks, with numbers rounded to what both sides print alike. */
function loose(text: string): string {
  return text
    .replace(/\s+/g, '')
    .replace(/-0(?![.\d])/g, '0')
    .replace(/\d+(\.\d+)?([eE][+-]?\d+)?/g, (number) => Number(number).toPrecision(9));
}

function compareRows(
  kql: string,
  expected: readonly string[],
  came: readonly string[],
): string | undefined {
  // A set has no order: its elements are compared sorted.
  const isSet = /make_set|set_union|set_intersect|set_difference|bag_keys/.test(kql);
  const tidy = (rows: readonly string[]): string[] => (isSet ? rows.map(sortInside) : [...rows]);
  // Which partition comes first is not defined.
  const isOrdered = /\|\s*(sort|order|top)(?![\w-])/.test(kql) && !/\|\s*partition\b/.test(kql);
  const [left, right] = [tidy(expected), tidy(came)];
  if (!isOrdered) {
    left.sort();
    right.sort();
  }
  return left.join('\n') === right.join('\n')
    ? undefined
    : `expected ${left.join(' ⏎ ').slice(0, 500)}\n     came     ${right.join(' ⏎ ').slice(0, 500)}`;
}

function sortInside(row: string): string {
  return row.replace(
    /\[[^[\]]*\]/g,
    (list) => `[${list.slice(1, -1).split(',').sort().join(',')}]`,
  );
}
