import type { Column } from '../core/table';
import type { Analysis, Diagnostic } from './analysis';
import { KqlError, placeOf, type KqlErrorCode } from './errors';
import { bindQuery, type BoundQuery, type ServiceFinding } from './language-service';
import { isOrderDefined } from './order';
import { rowWiseInTime } from './row-wise';
import type { Schema } from './schema';
import { nearestName } from './similar';
import { firstToken, slotItems, walk, type SyntaxNode } from './syntax';

/** Queries longer than this are refused unread. */
const MOST_CHARACTERS = 100_000;

/** The parser takes half a minute over thousands of open brackets; the binder gives up at some hundreds. */
const DEEPEST_NESTING = 250;

/** Parses and binds a query, without translating it. Never throws for a bad query. */
export function analyze(text: string, schema: Schema): Analysis {
  const { bound, diagnostics } = diagnose(text, schema);
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
  if (nesting(text) > DEEPEST_NESTING) {
    return { bound: undefined, diagnostics: [limit('the query is nested too deeply')] };
  }
  try {
    const bound = bindQuery(text, schema);
    const diagnostics = bound.findings.map((finding) => diagnostic(text, schema, finding));
    if (diagnostics.length === 0 && answerColumns(bound.root).length === 0) {
      const message = 'the query has no answer: it ends without a tabular expression';
      return { bound, diagnostics: [{ code: 'KQL_SEMANTIC', message, line: 1, column: 1 }] };
    }
    return { bound, diagnostics };
  } catch (error) {
    if (error instanceof KqlError) return { bound: undefined, diagnostics: [limit(error.message)] };
    if (!(error instanceof RangeError)) throw error;
    return { bound: undefined, diagnostics: [limit('the query is nested too deeply')] };
  }
}

function diagnostic(text: string, schema: Schema, finding: ServiceFinding): Diagnostic {
  const place = placeOf(text, finding.start);
  const message = finding.message.replace(/\.$/, '');
  const code = /maximum safe limit/.test(message) ? 'KQL_LIMIT' : codeOf(finding.code);
  const name = text.slice(finding.start, finding.start + finding.length);
  const isName = code === 'KQL_SEMANTIC' || code === 'KQL_TABLE_MISSING';
  const hint = isName ? hintFor(name, schema, code) : undefined;
  return { code, message, ...place, ...(hint === undefined ? {} : { hint }) };
}

/** The language service numbers syntax errors below 100, of which KS204 and KS205 are unknown tables. */
function codeOf(serviceCode: string): KqlErrorCode {
  const number = Number(serviceCode.replace(/^KS/, ''));
  if (number === 204 || number === 205) return 'KQL_TABLE_MISSING';
  return number < 100 || number === 176 ? 'KQL_SYNTAX' : 'KQL_SEMANTIC';
}

function hintFor(name: string, schema: Schema, code: KqlErrorCode): string | undefined {
  const tables = Object.keys(schema);
  const columns = Object.values(schema).flatMap((list) => list.map((column) => column.name));
  const nearest = nearestName(name, code === 'KQL_TABLE_MISSING' ? tables : [...new Set(columns)]);
  return nearest === undefined ? undefined : `Did you mean '${nearest}'?`;
}

function answerColumns(root: SyntaxNode): readonly Column[] {
  const last = slotItems(root, 'Statements').findLast(
    (item) => item.kind === 'ExpressionStatement',
  );
  return last?.slots.get('Expression')?.columns ?? [];
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
  const parts = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return pattern.includes('*') && new RegExp(`^${parts.join('.*')}$`).test(table);
}
