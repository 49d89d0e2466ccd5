/**
 * Microsoft's Kusto parser and binder. It is C# compiled to JavaScript by Bridge.NET: its classes hang
 * on the globals `Bridge` and `Kusto`, which only this file sees.
 */
import type { Schema } from './schema';

/** A list of .NET's. */
export interface BridgeList<T> {
  readonly Count: number;
  getItem(index: number): T;
}

/** A column, table, function or type, by its name. */
export interface BridgeSymbol {
  readonly Name: string;
  readonly Columns?: BridgeList<BridgeSymbol & { readonly Type: BridgeSymbol }>;
}

/** A node or token of a syntax tree. */
export interface BridgeNode {
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

/** What the package has to say against a query; `Start` and `Length` are in UTF-16 units. */
export interface BridgeDiagnostic {
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

/** What is used of the package. `globals` are those that `globalsFor` gives. */
export interface KustoPackage {
  readonly names: () => KustoNames;
  /** A database of these tables, for `parse`. */
  readonly globalsFor: (schema: Schema) => unknown;
  /** The tree of a query, unbound. */
  readonly read: (text: string) => BridgeNode;
  /** The bound tree, and what is wrong with it. Throws whatever the package fails with. */
  readonly parse: (
    text: string,
    globals: unknown,
  ) => { readonly syntax: BridgeNode; readonly diagnostics: BridgeList<BridgeDiagnostic> };
  /** The name of a value's .NET class, without its namespace. */
  readonly className: (value: object) => string;
  /** The name of a SyntaxKind. */
  readonly kindName: (kind: number) => string;
}

/** Functions whose answers are of another type than the package's tables say, by the engine's. */
const ANSWERS: Readonly<Record<string, 'Long' | 'Real'>> = {
  hourofday: 'Long',
  monthofyear: 'Long',
  getyear: 'Long',
  datetime_part: 'Long',
  jaccard_index: 'Real',
  ceiling: 'Real',
};

/**
 * Loads the package, which takes about a second, and changes its tables where the engine itself does otherwise. It has
 * no usable main file and no usable types: its parts are loaded in order and typed here.
 */
export function loadKusto(): KustoPackage {
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

/** The elements of a list of .NET's. */
export function toArray<T>(list: BridgeList<T>): T[] {
  return Array.from({ length: list.Count }, (_, i) => list.getItem(i));
}
