import type { Problem } from '../core/errors';
import type { KnownTables } from '../core/known-tables';
import type { Column } from '../core/table';
import { analyzeKql } from '../kql/analyze';
import type { Analysis, Diagnostic } from '../kql/analyze';
import type { AuditFolder } from './audit-files';
import { bindParameters, PARAMETERS } from './parameters';
import { codeOnly, findPlace } from './query-text';

const SOME_PERIOD = { start: '2026-03-01T15:00:00.000Z', end: '2026-03-02T15:00:00.000Z' };

/** What makes two runs of the same query over the same records differ. */
const UNREPEATABLE: readonly (readonly [RegExp, string, string])[] = [
  [/\b(ago|now)\s*\(/, 'reads the clock', 'Use PeriodStart and PeriodEnd.'],
  [/\b(rand|new_guid)\s*\(/, 'draws at random', 'Take it out.'],
  [
    /\b(take_any|take_anyif|any|anyif)\s*\(/,
    'picks any row',
    'Use min, max or arg_max with a tie-breaker.',
  ],
  [
    /\|\s*(take|limit|sample|sample-distinct)\s/,
    'keeps any rows',
    'Sort by every key, number the rows with row_number() and filter on that.',
  ],
];

/** Half-open means: PeriodStart belongs to the period and PeriodEnd does not. */
const NOT_HALF_OPEN: readonly RegExp[] = [
  /TimeGenerated\s*<=\s*PeriodEnd\b/,
  /TimeGenerated\s*>\s*(PeriodStart|LookBackStart)\b/,
  /TimeGenerated\s+between\b/,
];

type Declared = NonNullable<AuditFolder['declared']>;

/** Everything that is wrong with one audit's query, each with its place in query.kql or audit.yaml. */
export async function checkQuery(
  { query, prelude, queryPath, declared }: AuditFolder,
  { schemas, versions }: KnownTables,
): Promise<Problem[]> {
  const bound = bindParameters(
    { query: prelude + query, lookBackDays: 1 },
    { timeZone: 'Asia/Seoul' },
    SOME_PERIOD,
  );
  const linesBefore = PARAMETERS.length + prelude.split('\n').length - 1;
  const analysis = await analyzeKql(bound.kql, schemas, versions);
  const code = codeOnly(query);
  const problems = [
    ...analysis.diagnostics.map((diagnostic) => typeProblem(diagnostic, queryPath, linesBefore)),
    ...checkRepeatable(queryPath, code),
    ...checkPeriod(queryPath, code),
    ...(declared === undefined ? [] : checkLookBack(queryPath, code, declared)),
  ];
  // What the analysis says of a query that does not bind would only repeat the mistake.
  if (analysis.diagnostics.length > 0) return problems;
  problems.push(...checkOrder(queryPath, query, analysis));
  if (declared !== undefined) {
    problems.push(...checkTables(declared, analysis), ...checkColumns(declared, analysis));
  }
  return problems;
}

/** A diagnostic of the bound query at its place in query.kql, which has nothing before it. */
function typeProblem(diagnostic: Diagnostic, queryPath: string, linesBefore: number): Problem {
  const line = diagnostic.line - linesBefore;
  return {
    where: queryPath,
    line: Math.max(line, 1),
    column: line < 1 ? 1 : diagnostic.column,
    message: `${diagnostic.message.replace(/\.$/, '')}.`,
    ...(diagnostic.hint === undefined ? {} : { remedy: diagnostic.hint }),
  };
}

function checkRepeatable(queryPath: string, code: string): Problem[] {
  return UNREPEATABLE.flatMap(([pattern, what, remedy]) => {
    const place = findPlace(code, pattern);
    if (place === undefined) return [];
    const word = /[\w-]+/.exec(pattern.exec(code)?.[0] ?? '')?.[0] ?? '';
    return [
      {
        where: queryPath,
        ...place,
        message: `Expected a query that gives the same rows whenever it is asked; '${word}' ${what}.`,
        remedy,
      },
    ];
  });
}

function checkPeriod(queryPath: string, code: string): Problem[] {
  const remedy = 'Write: where TimeGenerated >= PeriodStart and TimeGenerated < PeriodEnd';
  const problems: Problem[] = [];
  const required: readonly (readonly [RegExp, string])[] = [
    [/TimeGenerated\s*>=?\s*(PeriodStart|LookBackStart)\b/, 'TimeGenerated >= PeriodStart'],
    [/TimeGenerated\s*<=?\s*PeriodEnd\b/, 'TimeGenerated < PeriodEnd'],
  ];
  for (const [pattern, condition] of required) {
    if (pattern.test(code)) continue;
    problems.push({
      where: queryPath,
      line: 1,
      message: `Expected the condition '${condition}', which does not occur.`,
      remedy,
    });
  }
  if (!/\bPeriodStart\b/.test(code)) {
    problems.push({
      where: queryPath,
      line: 1,
      message: "Expected 'PeriodStart' to be used, which does not occur.",
      remedy,
    });
  }
  for (const pattern of NOT_HALF_OPEN) {
    const place = findPlace(code, pattern);
    if (place === undefined) continue;
    problems.push({
      where: queryPath,
      ...place,
      message: 'Expected a half-open interval, which has its start and not its end.',
      remedy,
    });
  }
  return problems;
}

function checkLookBack(queryPath: string, code: string, { audit, file }: Declared): Problem[] {
  const place = findPlace(code, /\bLookBackStart\b/);
  const declared = audit.lookBackDays > 0;
  if (declared === (place !== undefined)) return [];
  return declared
    ? [
        {
          where: file.where,
          ...file.placeOfKey([], 'lookBack'),
          message: 'lookBack is declared, but the query does not use LookBackStart.',
          remedy: 'Take it away, or read from LookBackStart.',
        },
      ]
    : [
        {
          where: queryPath,
          ...(place ?? { line: 1 }),
          message: 'LookBackStart is used, but audit.yaml declares no lookBack.',
          remedy: 'Declare lookBack: { days: 14, atLeast: 7 }.',
        },
      ];
}

function checkOrder(queryPath: string, query: string, analysis: Analysis): Problem[] {
  if (analysis.orderDefined) return [];
  return [
    {
      where: queryPath,
      line: query.trimEnd().split('\n').length,
      message: 'Expected rows in a fixed order, came a query that does not end ordered.',
      remedy: 'End it with order by, over as many columns as make rows distinct.',
    },
  ];
}

function checkTables({ audit, file }: Declared, analysis: Analysis): Problem[] {
  const place = { where: file.where, ...file.placeOf(['tables']) };
  return [
    ...audit.tables
      .filter((table) => !analysis.tables.includes(table))
      .map((table) => ({
        ...place,
        message: `tables names ${table}, which the query does not read.`,
        remedy: 'Take it away.',
      })),
    ...analysis.tables
      .filter((table) => !audit.tables.includes(table))
      .map((table) => ({
        ...place,
        message: `The query reads ${table}, which tables does not name.`,
        remedy: 'Add it: an answer from a silent table must not look good.',
      })),
  ];
}

function checkColumns({ audit, file }: Declared, analysis: Analysis): Problem[] {
  const show = (columns: readonly Column[]): string =>
    columns.map(({ name, type }) => `${name}: ${type}`).join(', ');
  const [declared, came] = [show(audit.columns), show(analysis.columns)];
  if (declared === came) return [];
  return [
    {
      where: file.where,
      ...file.placeOf(['columns']),
      message: `The query's columns differ from those declared. ${firstDifference(audit.columns, analysis.columns)}`,
      remedy: `To declare what the query gives, write { ${came} }.`,
    },
  ];
}

function firstDifference(declared: readonly Column[], came: readonly Column[]): string {
  const at = declared.findIndex(
    ({ name, type }, i) => came[i]?.name !== name || came[i].type !== type,
  );
  const i = at < 0 ? declared.length : at;
  const show = (column: Column | undefined): string =>
    column === undefined ? 'no more' : `'${column.name}: ${column.type}'`;
  return `Column ${i + 1} is declared as ${show(declared[i])}, the query gives ${show(came[i])}.`;
}
