import type { Column } from '../core/table';
import type { Analysis, Diagnostic } from './analysis';
import { KqlError, placeOf, type KqlErrorCode } from './errors';
import { CONVERT_DYNAMIC } from './hints';
import { bindQuery, kustoNames, type BoundQuery, type ServiceFinding } from './language-service';
import { isOrderDefined } from './order';
import { whyRefused } from './refused';
import { wildcardPattern } from './pattern-text';
import { rowWiseInTime } from './row-wise';
import type { Schema, SchemaVersions } from './schema';
import { nearestName } from './similar';
import { firstToken, slot, slotItems, walk, type SyntaxNode } from './syntax';

/** The parser takes seconds over the grammar of commands. */
const COMMAND = /^\s*(\/\/[^\n]*\n\s*)*\./;

/** Queries longer than this are refused unread. */
const MOST_CHARACTERS = 100_000;

/** The parser takes half a minute over thousands of open brackets; the binder gives up at some hundreds. */
const DEEPEST_NESTING = 250;

/** Parses and binds a query, without translating it. Never throws for a bad query. */
export function analyze(text: string, schema: Schema, versions: SchemaVersions = {}): Analysis {
  const { bound, diagnostics } = diagnose(text, schema, versions);
  if (bound === undefined) {
    return { diagnostics, columns: [], tables: [], functions: [], orderDefined: false };
  }
  const functions: { name: string; line: number; column: number }[] = [];
  const tables = new Set<string>();
  walk(bound.root, (node) => {
    if (node.kind === 'FunctionCallExpression') {
      functions.push({ name: node.symbol?.name ?? firstToken(node), ...placeOf(text, node.start) });
    }
    if (node.symbol?.kind === 'TableSymbol') tables.add(node.symbol.name);
    for (const table of wildcardTables(node, schema)) tables.add(table);
  });
  const rowWise = diagnostics.length === 0 ? rowWiseInTime(bound.root) : undefined;
  return {
    diagnostics,
    columns: answerColumns(bound.root),
    tables: [...tables].sort(),
    functions,
    orderDefined: isOrderDefined(bound.root),
    ...(rowWise === undefined ? {} : { rowWise }),
  };
}

/** How deeply brackets are nested. Those inside texts are counted too, because that needs no parser. */
function nesting(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const sign of text) {
    if ('([{'.includes(sign)) depth += 1;
    else if (')]}'.includes(sign)) depth = Math.max(0, depth - 1);
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

/** The bound query and what is wrong with it; no bound query when it cannot be read at all. */
export function diagnose(
  text: string,
  schema: Schema,
  versions: SchemaVersions = {},
): { bound: BoundQuery | undefined; diagnostics: readonly Diagnostic[] } {
  const limit = (message: string): Diagnostic => ({
    code: 'KQL_LIMIT',
    message,
    line: 1,
    column: 1,
  });
  if (text.length > MOST_CHARACTERS) {
    return {
      bound: undefined,
      diagnostics: [limit(`the query is longer than ${MOST_CHARACTERS} characters`)],
    };
  }
  if (COMMAND.test(text)) {
    const message = 'a management command is not supported offline';
    const hint = 'A query reads the logs: it shows and changes nothing else.';
    const diagnostics = [{ code: 'KQL_UNSUPPORTED', message, line: 1, column: 1, hint } as const];
    return { bound: undefined, diagnostics };
  }
  if (nesting(text) > DEEPEST_NESTING) {
    return { bound: undefined, diagnostics: [limit('the query is nested too deeply')] };
  }
  try {
    const bound = bindQuery(text, schema);
    const diagnostics = bound.findings.map((finding) =>
      diagnostic(text, schema, finding, () => versionsRead(bound.root, versions)),
    );
    if (diagnostics.length === 0 && answerColumns(bound.root).length === 0) {
      return { bound, diagnostics: [withoutAnswer(text, bound.root)] };
    }
    return { bound, diagnostics };
  } catch (error) {
    if (error instanceof KqlError) {
      const { code, message, hint } = error;
      const where = { line: 1, column: 1, ...(hint === undefined ? {} : { hint }) };
      return { bound: undefined, diagnostics: [{ code, message, ...where }] };
    }
    if (!(error instanceof RangeError)) throw error;
    return { bound: undefined, diagnostics: [limit('the query is nested too deeply')] };
  }
}

function diagnostic(
  text: string,
  schema: Schema,
  finding: ServiceFinding,
  versions: () => readonly string[],
): Diagnostic {
  const place = placeOf(text, finding.start);
  const name = text.slice(finding.start, finding.start + finding.length);
  const message = finding.message.replace(/\.$/, '');
  const refusal = refusalOf(name, message);
  if (refusal !== undefined) return { code: 'KQL_UNSUPPORTED', ...refusal, ...place };
  const code = /maximum safe limit/.test(message) ? 'KQL_LIMIT' : codeOf(finding.code);
  const isUnknown = code === 'KQL_TABLE_MISSING' || /any known column/.test(message);
  const checked = isUnknown ? versions() : [];
  const against = checked.length === 0 ? '' : ` (checked against ${checked.join('; ')})`;
  const hint = hintFor(name, schema, code, message);
  return { code, message: message + against, ...place, ...(hint === undefined ? {} : { hint }) };
}

/** Names of other places, which the language service only finds unknown. */
function refusalOf(name: string, message: string): { message: string; hint: string } | undefined {
  const place =
    /any known (database|cluster|external table|materialized view|stored query result)$/;
  const isFunction =
    /any known function$/.test(message) ||
    (name.startsWith('_') && /tabular variable or function$/.test(message));
  const called = isFunction ? name : place.exec(message)?.[1];
  const why = called === undefined ? undefined : whyRefused(called.replaceAll(' ', '_'));
  return why === undefined
    ? undefined
    : { message: `'${called ?? name}' is not supported offline`, hint: why };
}

/** The versions of the tables that a query reads; of all tables when it reads none that is known. */
function versionsRead(root: SyntaxNode, versions: SchemaVersions): readonly string[] {
  const read = new Set<string>();
  walk(root, ({ symbol }) => {
    const version = symbol?.kind === 'TableSymbol' ? versions[symbol.name] : undefined;
    if (version !== undefined) read.add(version);
  });
  return read.size > 0 ? [...read].sort() : [...new Set(Object.values(versions))].sort();
}

/** The language service numbers syntax errors below 100, of which KS204 and KS205 are unknown tables. */
function codeOf(serviceCode: string): KqlErrorCode {
  const number = Number(serviceCode.replace(/^KS/, ''));
  if (number === 204 || number === 205) return 'KQL_TABLE_MISSING';
  return number < 100 || number === 176 ? 'KQL_SYNTAX' : 'KQL_SEMANTIC';
}

/** What to do about messages of the language service that do not say so. */
const REMEDIES: readonly (readonly [message: RegExp, remedy: string])[] = [
  [
    /operand types .*\bdatetime\b.*\bstring\b|operand types .*\bstring\b.*\bdatetime\b/,
    'Write the time as datetime(2026-03-01), or convert the text with todatetime(…).',
  ],
  [/operand types .*\bstring\b/, 'Convert the text with tolong(…) or todouble(…).'],
  [/value of type 'dynamic' is not allowed|must be orderable/, CONVERT_DYNAMIC],
  [
    /must have the type dynamic/,
    'Make a list or bag of it first: parse_json(Text), or split(Text, ",").',
  ],
  [
    /not compatible with arguments \(.*string|value must be (a|an orderable) number/,
    'Convert the text with tolong(…) or todouble(…).',
  ],
];

function hintFor(
  name: string,
  schema: Schema,
  code: KqlErrorCode,
  message: string,
): string | undefined {
  if (code !== 'KQL_SEMANTIC' && code !== 'KQL_TABLE_MISSING') return undefined;
  const known = REMEDIES.find(([pattern]) => pattern.test(message));
  if (known !== undefined) return known[1];
  const nearest = nearestName(name, candidates(schema, code, message));
  return nearest === undefined ? undefined : `Did you mean '${nearest}'?`;
}

function candidates(schema: Schema, code: KqlErrorCode, message: string): readonly string[] {
  if (code === 'KQL_TABLE_MISSING') return Object.keys(schema);
  if (/any known function$/.test(message)) {
    const { functions, aggregates } = kustoNames();
    return [...functions, ...aggregates];
  }
  const columns = Object.values(schema).flatMap((list) => list.map((column) => column.name));
  return [...new Set(columns)];
}

/** Why a query that is right in itself gives no table: its last operator gives several or none, or it has no end. */
function withoutAnswer(text: string, root: SyntaxNode): Diagnostic {
  const last = lastExpression(root);
  if (last?.kind === 'PipeExpression') {
    const operator = slot(last, 'Operator');
    const name = firstToken(operator);
    const [message, hint] = [`'${name}' is not supported offline`, whyRefused(name)];
    const place = placeOf(text, operator.start);
    return { code: 'KQL_UNSUPPORTED', message, ...place, ...(hint === undefined ? {} : { hint }) };
  }
  const message = 'the query has no answer: it ends without a tabular expression';
  return { code: 'KQL_SEMANTIC', message, line: 1, column: 1 };
}

function answerColumns(root: SyntaxNode): readonly Column[] {
  return lastExpression(root)?.columns ?? [];
}

function lastExpression(root: SyntaxNode): SyntaxNode | undefined {
  const statements = slotItems(root, 'Statements');
  return statements.findLast(({ kind }) => kind === 'ExpressionStatement')?.slots.get('Expression');
}

function wildcardTables(node: SyntaxNode, schema: Schema): string[] {
  if (node.kind !== 'UnionOperator') return [];
  return slotItems(node, 'Expressions').some((item) => firstToken(item).includes('*'))
    ? Object.keys(schema).filter((table) =>
        slotItems(node, 'Expressions').some((item) => fits(firstToken(item), table)),
      )
    : [];
}

function fits(pattern: string, table: string): boolean {
  return pattern.includes('*') && wildcardPattern(pattern).test(table);
}
