import { KUSTO_TYPES, type Column, type KustoType } from '../core/table';
import { KqlError } from './errors';
import { isFuzzyUnion, withoutMissingParts } from './fuzzy-union';
import {
  loadKusto,
  toArray,
  type BridgeDiagnostic,
  type BridgeNode,
  type BridgeSymbol,
  type KustoNames,
  type KustoPackage,
} from './kusto-package';
import type { Schema } from './schema';
import {
  endOf,
  firstToken,
  slot,
  slotItems,
  walk,
  type SyntaxNode,
  type SyntaxSymbol,
} from './syntax';
import { countUnfoldedCalls } from './unfolding';

/** A query with the types and meanings that the package has found, as plain SyntaxNodes. */
export interface BoundQuery {
  readonly root: SyntaxNode;
  readonly findings: readonly ServiceFinding[];
}

/** What the language service has to say against a query. */
export interface ServiceFinding {
  /** `KS142` */
  readonly code: string;
  readonly message: string;
  /** 0-based offset and length in the text. */
  readonly start: number;
  readonly length: number;
}

const SCALARS: readonly string[] = KUSTO_TYPES;

let service: KustoPackage | undefined;
const globalsBySchema = new WeakMap<Schema, unknown>();

/** The calls to which a query's own functions may unfold. */
const MOST_UNFOLDED_CALLS = 2_000;

/** Kusto rejects nothing here that the package rejects: `array_length` of what is no array is null. */
const FALSE_FINDINGS: readonly string[] = ['KS234'];

/**
 * Parses and binds a query. Throws KqlError when its functions unfold too far or the parser fails, and a RangeError
 * when it is nested too deeply. The first call loads the parser and takes about a second.
 */
export function bindQuery(text: string, schema: Schema): BoundQuery {
  service ??= loadKusto();
  let globals = globalsBySchema.get(schema);
  if (globals === undefined) {
    globals = service.globalsFor(schema);
    globalsBySchema.set(schema, globals);
  }
  if ((text.match(/=\s*(view\s*)?\(/g) ?? []).length > 1) {
    const calls = countUnfoldedCalls(convert(service.read(text), service));
    if (calls > MOST_UNFOLDED_CALLS) {
      throw new KqlError(
        'KQL_LIMIT',
        `the query's functions unfold to more than ${MOST_UNFOLDED_CALLS} calls`,
      );
    }
  }
  const whole = parseOrRefuse(service, text, globals);
  const reduced = withoutMissingParts(text, convert(whole.syntax, service), schema);
  const { syntax, diagnostics } =
    reduced === text ? whole : parseOrRefuse(service, reduced, globals);
  const root = convert(syntax, service);
  const terms = negatedTerms(root);
  const unpackings = unpackCalls(root);
  const wildcards = fuzzyWildcards(root);
  const findings = toArray(diagnostics)
    .filter((item) => item.Severity === 'Error' && !FALSE_FINDINGS.includes(item.Code))
    .filter((item) => item.Code !== 'KS107' || !terms.has(item.Start))
    .filter((item) => !wildcards.has(item.Start))
    .filter((item) => item.Code === 'KS142' || !unpackings.some((call) => isWithin(item, call)))
    .map((diagnostic) => ({
      code: diagnostic.Code,
      message: diagnostic.Message,
      start: diagnostic.Start,
      length: diagnostic.Length,
    }));
  return { root, findings };
}

/** Calls of bag_unpack, whose optional arguments the package takes in one order and without names only. */
function unpackCalls(root: SyntaxNode): readonly SyntaxNode[] {
  const calls: SyntaxNode[] = [];
  walk(root, (node) => {
    if (node.kind !== 'EvaluateOperator') return;
    const call = slot(node, 'FunctionCall');
    if (call.symbol?.name === 'bag_unpack') calls.push(call);
  });
  return calls;
}

function isWithin({ Start: start }: BridgeDiagnostic, node: SyntaxNode): boolean {
  return start >= node.start && start < endOf(node);
}

/** Where a fuzzy union has a wildcard, which may fit no table. */
function fuzzyWildcards(root: SyntaxNode): ReadonlySet<number> {
  const starts = new Set<number>();
  walk(root, (operator) => {
    if (operator.kind !== 'UnionOperator' || !isFuzzyUnion(operator)) return;
    for (const node of slotItems(operator, 'Expressions')) {
      if (node.slots.get('Name')?.kind === 'WildcardedName') starts.add(node.start);
    }
  });
  return starts;
}

/** The package fails at some queries, as at a list's member of no number: `tostring(x)[long(null)]`. */
function parseOrRefuse(
  { parse }: KustoPackage,
  text: string,
  globals: unknown,
): ReturnType<KustoPackage['parse']> {
  try {
    return parse(text, globals);
  } catch (error) {
    // Too deep a query is told as such.
    if (error instanceof RangeError) throw error;
    const hint = 'It fails at what no query needs, such as a null in brackets; leave that out.';
    throw new KqlError(
      'KQL_UNSUPPORTED',
      'Microsoft’s parser fails at this query',
      undefined,
      hint,
    );
  }
}

/** Where `search` has terms inside `not(…)`, which the package wants to be bool there. */
function negatedTerms(root: SyntaxNode): ReadonlySet<number> {
  const starts = new Set<number>();
  walk(root, (operator) => {
    if (operator.kind !== 'SearchOperator') return;
    walk(slot(operator, 'Condition'), (node) => {
      if (node.kind !== 'FunctionCallExpression' || firstToken(node) !== 'not') return;
      const args = slotItems(slot(node, 'ArgumentList'), 'Expressions');
      walk({ ...node, slots: new Map(), items: args }, (part) => {
        if (part.kind === 'StringLiteralExpression') starts.add(part.start);
      });
    });
  });
  return starts;
}

/** The names that the language service knows, whether or not the engine supports them. */
export function kustoNames(): KustoNames {
  service ??= loadKusto();
  return service.names();
}

function convert(node: BridgeNode, using: KustoPackage): SyntaxNode {
  const kind = using.kindName(node.Kind);
  const slots = new Map<string, SyntaxNode>();
  const items: SyntaxNode[] = [];
  for (let i = 0; i < node.ChildCount; i += 1) {
    const child = node.GetChild(i);
    if (child === null) continue;
    if (kind === 'List') {
      items.push(convert(unwrapElement(child, using), using));
    } else {
      slots.set(node.GetName(i), convert(child, using));
    }
  }
  const result = node.IsToken ? null : (node.ResultType ?? null);
  const callsUser = kind === 'FunctionCallExpression' && node.GetCalledFunctionBody !== undefined;
  return {
    kind,
    start: node.TextStart,
    token: node.IsToken ? (node.Text ?? '') : undefined,
    type: scalarType(result),
    columns: columnsOf(result),
    symbol: symbolOf(node, using),
    slots,
    items,
    body: callsUser
      ? () => {
          const body = node.GetCalledFunctionBody?.() ?? null;
          return body === null ? undefined : convert(body, using);
        }
      : undefined,
  };
}

/** A list's element comes wrapped together with the comma after it. */
function unwrapElement(element: BridgeNode, using: KustoPackage): BridgeNode {
  if (using.kindName(element.Kind) !== 'SeparatedElement') return element;
  return element.GetChild(0) ?? element;
}

function scalarType(type: BridgeSymbol | null): KustoType | undefined {
  if (type === null) return undefined;
  if (SCALARS.includes(type.Name)) return type.Name as KustoType;
  // Arrays and bags of a known shape have types of their own, which are all `dynamic` here.
  return type.Name.startsWith('dynamic') ? 'dynamic' : undefined;
}

function columnsOf(type: BridgeSymbol | null): Column[] | undefined {
  if (type?.Columns === undefined) return undefined;
  return toArray(type.Columns).map((column) => ({
    name: column.Name,
    type: scalarType(column.Type) ?? 'dynamic',
  }));
}

function symbolOf(node: BridgeNode, using: KustoPackage): SyntaxSymbol | undefined {
  if (node.IsToken) return undefined;
  const symbol = node.ReferencedSymbol ?? null;
  return symbol === null ? undefined : { kind: using.className(symbol), name: symbol.Name };
}
