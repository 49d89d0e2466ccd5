import { KUSTO_TYPES, type Column, type KustoType } from '../core/table';
import { KqlError } from './errors';
import { isFuzzyUnion, withoutMissingParts } from './fuzzy-union';
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

/**
 * Microsoft's Kusto parser and binder. It is C# compiled to JavaScript by Bridge.NET: its classes hang
 * on the globals `Bridge` and `Kusto`. Only this file sees them; a tree leaves it as plain SyntaxNodes.
 */
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

interface BridgeList<T> {
  readonly Count: number;
  getItem(index: number): T;
}

interface BridgeSymbol {
  readonly Name: string;
  readonly Columns?: BridgeList<BridgeSymbol & { readonly Type: BridgeSymbol }>;
}

interface BridgeNode {
  readonly Kind: number;
  readonly IsToken: boolean;
  readonly Text?: string;
  readonly TextStart: number;
  readonly ChildCount: number;
  readonly NameInParent?: string;
  readonly ResultType?: BridgeSymbol | null;
  readonly ReferencedSymbol?: BridgeSymbol | null;
  readonly Element$1?: BridgeNode;
  GetChild(index: number): BridgeNode | null;
  GetName(index: number): string;
  GetCalledFunctionBody?(): BridgeNode | null;
}

interface BridgeDiagnostic {
  readonly Code: string;
  readonly Severity: string;
  readonly Message: string;
  readonly Start: number;
  readonly Length: number;
}

/** The names that Kusto has, without those that it hides. */
export interface KustoNames {
  readonly functions: readonly string[];
  readonly aggregates: readonly string[];
  readonly plugins: readonly string[];
}

interface Service {
  readonly names: () => KustoNames;
  readonly globalsFor: (schema: Schema) => unknown;
  readonly read: (text: string) => BridgeNode;
  readonly parse: (
    text: string,
    globals: unknown,
  ) => { readonly syntax: BridgeNode; readonly diagnostics: BridgeList<BridgeDiagnostic> };
  readonly className: (value: object) => string;
  readonly kindName: (kind: number) => string;
}

const SCALARS: readonly string[] = KUSTO_TYPES;

/** Functions whose answers are of another type than the package's tables say, by the engine's. */
const ANSWERS: Readonly<Record<string, 'Long' | 'Real'>> = {
  hourofday: 'Long',
  monthofyear: 'Long',
  getyear: 'Long',
  datetime_part: 'Long',
  jaccard_index: 'Real',
  ceiling: 'Real',
};

let service: Service | undefined;
const globalsBySchema = new WeakMap<Schema, unknown>();

/** The calls to which a query's own functions may unfold. */
const MOST_UNFOLDED_CALLS = 2_000;

/** Kusto rejects nothing here that the package rejects: `array_length` of what is no array is null. */
const FALSE_FINDINGS: readonly string[] = ['KS234'];

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

/** Parses and binds a query. Throws KqlError when its functions unfold too far or the parser fails. The first call loads the parser and takes about a second. */
export function bindQuery(text: string, schema: Schema): BoundQuery {
  service ??= loadService();
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
  { parse }: Service,
  text: string,
  globals: unknown,
): ReturnType<Service['parse']> {
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
  service ??= loadService();
  return service.names();
}

/** The package has no usable main file and no usable types: its parts are loaded in order and typed here. */
function loadService(): Service {
  /* eslint-disable @typescript-eslint/no-explicit-any, @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-member-access, @typescript-eslint/no-unsafe-call, @typescript-eslint/no-unsafe-return, @typescript-eslint/no-unsafe-argument, @typescript-eslint/no-require-imports */
  require('@kusto/language-service-next/bridge.min.js');
  require('@kusto/language-service-next/Kusto.Language.Bridge.min.js');
  const { Bridge, Kusto, System } = globalThis as any;
  const language = Kusto.Language;
  const symbols = language.Symbols;
  for (const symbol of language.Functions.All) {
    const type = ANSWERS[String(symbol.Name)];
    if (type !== undefined) {
      const signature = symbol.Signatures.getItem(0);
      signature._returnType = symbols.ScalarTypes[type];
      signature.ReturnKind = symbols.ReturnTypeKind.Declared;
    }
  }
  // The engine takes `55.123` seconds; the package wants whole ones.
  const makeTimespan = language.Functions.MakeTimespan.Signatures;
  makeTimespan.getItem(0).Parameters.getItem(3).TypeKind = symbols.ParameterTypeKind.Number;
  makeTimespan.getItem(1).Parameters.getItem(2).TypeKind = symbols.ParameterTypeKind.Number;
  // The engine counts rows for `count(x)` of any x; the package wants a bool there.
  const counted = language.Aggregates.Count.Signatures.getItem(1).Parameters.getItem(0);
  counted.TypeKind = symbols.ParameterTypeKind.Scalar;
  // The engine adds the column match_id only when scan asks for it; the package always does.
  const binder = language.Binding.Binder.NodeBinder.prototype;
  const visitScan = binder.VisitScanOperator;
  binder.VisitScanOperator = function (node: any): unknown {
    const info = visitScan.call(this, node);
    const names = toArray<any>(node.Parameters).map((parameter) =>
      String(parameter.Name.SimpleName),
    );
    if (names.includes('with_match_id')) return info;
    const columns = new (System.Collections.Generic.List$1(symbols.ColumnSymbol).ctor)();
    for (const column of toArray(info.ResultType.Columns).slice(0, -1)) columns.add(column);
    const table = new symbols.TableSymbol.$ctor3(columns).WithInheritableProperties(
      this.RowScopeOrEmpty,
    );
    return new language.Binding.SemanticInfo.$ctor5(table, info.Diagnostics);
  };
  const kindNames = new Map<number, string>();
  const visible = (list: any): string[] =>
    [...list].filter((symbol) => symbol.IsHidden !== true).map((symbol) => String(symbol.Name));
  return {
    names: () => ({
      functions: visible(language.Functions.All),
      aggregates: visible(language.Aggregates.All),
      plugins: visible(language.PlugIns.All),
    }),
    globalsFor: (schema) => {
      const tables = new (System.Collections.Generic.List$1(symbols.Symbol).ctor)();
      for (const [name, columns] of Object.entries(schema)) {
        const list = columns.map(
          (column) =>
            new symbols.ColumnSymbol(column.name, symbols.ScalarTypes.GetSymbol(column.type)),
        );
        tables.add(new symbols.TableSymbol.$ctor4(name, list));
      }
      const database = new symbols.DatabaseSymbol.$ctor1('logs', tables, false);
      return language.GlobalState.Default.WithDatabase(database);
    },
    read: (text) => language.KustoCode.Parse(text, null).Syntax,
    parse: (text, globals) => {
      const code = language.KustoCode.ParseAndAnalyze(text, globals);
      return { syntax: code.Syntax, diagnostics: code.GetDiagnostics() };
    },
    className: (value) => Bridge.getTypeName(value).split('.').pop() ?? '',
    kindName: (kind) => {
      let name = kindNames.get(kind);
      if (name === undefined) {
        name = String(System.Enum.toString(language.Syntax.SyntaxKind, kind));
        kindNames.set(kind, name);
      }
      return name;
    },
  };
  /* eslint-enable */
}

function toArray<T>(list: BridgeList<T>): T[] {
  return Array.from({ length: list.Count }, (_, i) => list.getItem(i));
}

function convert(node: BridgeNode, using: Service): SyntaxNode {
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
function unwrapElement(element: BridgeNode, using: Service): BridgeNode {
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

function symbolOf(node: BridgeNode, using: Service): SyntaxSymbol | undefined {
  if (node.IsToken) return undefined;
  const symbol = node.ReferencedSymbol ?? null;
  return symbol === null ? undefined : { kind: using.className(symbol), name: symbol.Name };
}
