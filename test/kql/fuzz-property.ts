import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { TABLE_SCHEMAS } from '../../src/core/table-schemas';
import { KqlError } from '../../src/kql/errors';
import type { ParserProcess } from '../../src/kql/parser-process';
import { schemaText } from '../../src/kql/schema';

const audits = join(__dirname, '../../templates/audits');
const QUERIES = readdirSync(audits).map((id) =>
  readFileSync(join(audits, id, 'query.kql'), 'utf8'),
);
const LETS =
  'let PeriodStart = datetime(2026-03-01);\nlet PeriodEnd = datetime(2026-03-02);\nlet LookBackStart = datetime(2026-02-15);\nlet PeriodTimeZone = "Asia/Seoul";\n';
const WORDS = QUERIES.flatMap((query) => query.match(/\w+|[^\s\w]+/g) ?? []);
const ODD = [
  ...['|', '(', ')', '[', '{', '"', "'", '//', '\0', '\u202e', '💣', '9e999', '..', '$left', 'let'],
  ...['@"', '0x', ';', '\ud800', '*', 'dynamic(', 'union *', 'materialize(', '.show', '\uFEFF'],
];

interface Edit {
  readonly at: number;
  readonly length: number;
  readonly text: string;
  /** So often the text is put in: deep and long queries are what recursion fears. */
  readonly times: number;
}

const edit = fc.record<Edit>({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.nat({ max: 30 }),
  text: fc.oneof(
    fc.constantFrom(...WORDS).map((word) => ` ${word} `),
    fc.constantFrom(...ODD),
    fc.string({ unit: 'binary', maxLength: 6 }),
    fc.constant(''),
  ),
  times: fc.oneof({ weight: 20, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: fc.nat(400) }),
});

/** Shipped queries with words, odd texts and bytes put in or taken out anywhere. */
const damaged = fc
  .tuple(fc.constantFrom(...QUERIES), fc.array(edit, { minLength: 1, maxLength: 5 }))
  .map(([query, edits]) =>
    edits.reduce((text, { at, length, text: put, times }) => {
      const start = Math.floor(at * text.length);
      return text.slice(0, start) + put.repeat(times) + text.slice(start + length);
    }, query),
  );

const COLUMNS = ['TimeGenerated', 'Identity', 'Size', 'Properties_d', 'DurationMs', 'Nope', 'x'];
const LITERALS = [
  ...['1', '-1', '0x7F', '1.5', 'real(nan)', 'long(null)', '9223372036854775807', '1d', '1tick'],
  ...['"a"', "@'\\'", '""', 'true', 'datetime(2026-03-01)', 'datetime(null)', 'time(1.02:03:04.5)'],
  ...['dynamic({"a":[1,{"b":null}]})', 'dynamic(null)', 'int(7)', 'guid(null)', 'decimal(1.5)'],
];
const FUNCTIONS = [
  ...['tostring', 'tolong', 'todatetime', 'parse_json', 'strlen', 'strcat', 'split', 'bin', 'iff'],
  ...['case', 'coalesce', 'ago', 'bag_keys', 'array_length', 'extract', 'format_datetime', 'prev'],
  ...[
    'row_number',
    'pack',
    'set_union',
    'make_timespan',
    'datetime_diff',
    'isnull',
    'not',
    'f',
    'g',
  ],
];
const AGGREGATES = ['count', 'dcount', 'sum', 'make_list', 'make_set', 'arg_max', 'percentile'];
const OPERATORS = ['==', '!=', '<', '+', '-', '*', '/', '%', 'and', 'or', 'has', 'contains', '=~'];

/** Queries as the grammar has them, of names that exist and names that do not. */
const grammatical = fc.letrec<{ expression: string; operator: string; query: string }>((tie) => {
  const [expression, query] = [tie('expression'), tie('query')];
  const list = fc
    .array(expression, { minLength: 1, maxLength: 3 })
    .map((items) => items.join(', '));
  const name = fc.constantFrom(...COLUMNS);
  const kinds = fc.constantFrom('inner', 'leftouter', 'innerunique', 'leftanti', 'fullouter');
  return {
    expression: fc.oneof(
      { maxDepth: 5, depthIdentifier: 'expression' },
      name,
      fc.constantFrom(...LITERALS),
      fc
        .tuple(expression, fc.constantFrom(...OPERATORS), expression)
        .map((parts) => `(${parts.join(' ')})`),
      fc.tuple(fc.constantFrom(...FUNCTIONS), list).map(([f, args]) => `${f}(${args})`),
      fc.tuple(expression, expression).map(([value, key]) => `${value}[${key}]`),
      fc.tuple(expression, list).map(([value, items]) => `${value} in (${items})`),
      query.map((inner) => `toscalar(${inner})`),
    ),
    operator: fc.oneof(
      expression.map((value) => `where ${value}`),
      fc.tuple(name, expression).map(([column, value]) => `extend ${column} = ${value}`),
      list.map((items) => `project ${items}`),
      fc
        .tuple(fc.constantFrom(...AGGREGATES), list, list)
        .map(([f, args, by]) => `summarize ${f}(${args}) by ${by}`),
      expression.map((value) => `sort by ${value}`),
      fc.tuple(fc.nat(5), expression).map(([n, value]) => `top ${n} by ${value}`),
      fc.tuple(kinds, query, name).map(([kind, t, on]) => `join kind=${kind} (${t}) on ${on}`),
      query.map((other) => `union (${other})`),
      name.map((column) => `mv-expand ${column}`),
      fc.tuple(name, expression).map(([column, value]) => `mv-apply ${column} on (where ${value})`),
      name.map((column) => `parse ${column} with * "a" x:long *`),
      fc.constantFrom('serialize', 'count', 'getschema', 'as T', 'render table', 'fork (count)'),
    ),
    query: fc
      .tuple(
        fc.constantFrom(
          'AzureActivity',
          'ContainerRegistryRepositoryEvents',
          'print x = 1',
          'T',
          'f()',
        ),
        fc.array(tie('operator'), { maxLength: 4, depthIdentifier: 'query' }),
      )
      .map((parts) => parts.flat().join(' | ')),
  };
});

const withFunctions = fc
  .tuple(grammatical.expression, grammatical.query, grammatical.query)
  .map(
    ([value, table, query]) =>
      `let g = (x: long) { ${value} };\nlet f = () { ${table} };\nlet T = ${table};\n${query}`,
  );

/** Any text that somebody may take for a query. */
const anyQuery = fc.oneof(
  { weight: 4, arbitrary: damaged },
  { weight: 4, arbitrary: grammatical.query },
  { weight: 2, arbitrary: withFunctions },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 300 }) },
);

/**
 * Holds when any query is translated or gets a coded error that is its own, and not one of a parser that
 * hung, took all memory or failed.
 */
export function codedOrTranslated(parser: ParserProcess): fc.IAsyncProperty<[string]> {
  const schema = schemaText(TABLE_SCHEMAS);
  return fc.asyncProperty(anyQuery, async (query) => {
    try {
      await parser.ask({
        name: 'translate',
        text: LETS + query,
        schema,
        versions: {},
        now: '2026-03-03T00:00:00.000Z',
      });
    } catch (error) {
      if (!(error instanceof KqlError)) throw error;
      const trouble = /KQL_INTERNAL|ended the parser|took longer/;
      if (trouble.test(`${error.code} ${error.message}`)) throw error;
      if (error.message.length > 2_000) {
        throw new Error(`a message of ${error.message.length} characters`, { cause: error });
      }
    }
  });
}
