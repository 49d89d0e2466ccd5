import type { KustoType } from '../core/table';
import type { Context, Scope } from './context';
import type { Expr } from './ir';
import { fieldRef, literalLong, literalText } from './make-expression';
import { firstToken, slot, slotItems, walk, type SyntaxNode } from './syntax';

/** The conversions by the type to which they lead. */
const CONVERSIONS: Partial<Record<KustoType, string>> = {
  bool: 'tobool',
  datetime: 'todatetime',
  int: 'toint',
  long: 'tolong',
  real: 'todouble',
  timespan: 'totimespan',
};

/** One call of a function whose meaning depends on more than its arguments' values. */
interface SpecialCall {
  readonly context: Context;
  readonly node: SyntaxNode;
  readonly scope: Scope;
  readonly lower: (node: SyntaxNode) => Expr;
}

const SPECIAL: Readonly<Record<string, (call: SpecialCall) => Expr>> = {
  bin_auto: binAuto,
  estimate_data_size: estimateDataSize,
  has_any_index: hasAnyIndex,
  bag_pack_columns: (call) => packFields(call, argsOf(call), false),
  column_ifexists: columnIfExists,
  column_names_of: columnNames,
  extract: extractTyped,
  extract_json: extractJson,
  pack_all: packAll,
};

/** Whether lowering has to look at this call itself. */
export function isSpecialCall(name: string, node: SyntaxNode): boolean {
  // extract is an ordinary function unless it says to which type to convert.
  const count = slotItems(slot(node, 'ArgumentList'), 'Expressions').length;
  return Object.hasOwn(SPECIAL, name) && (name !== 'extract' || count === 4);
}

/** The expression that such a call stands for. */
export function lowerSpecialCall(
  context: Context,
  name: string,
  node: SyntaxNode,
  scope: Scope,
  lower: (node: SyntaxNode) => Expr,
): Expr {
  const special = SPECIAL[name];
  if (special === undefined) throw new TypeError(`'${name}' is no special call`);
  return special({ context, node, scope, lower });
}

function argsOf({ node }: SpecialCall): readonly SyntaxNode[] {
  return slotItems(slot(node, 'ArgumentList'), 'Expressions');
}

function makeCall(
  { context, node, scope }: SpecialCall,
  name: string,
  type: KustoType,
  args: readonly Expr[],
): Expr {
  return { kind: 'call', type, name, args, place: context.place(node, scope) };
}

function refuse({ context, node, scope }: SpecialCall, what: string, hint?: string): Error {
  return context.unsupported(what, node, scope, hint);
}

/** A bag of the given columns by their names. */
function packFields(call: SpecialCall, columns: readonly SyntaxNode[], onlyValues: boolean): Expr {
  const pairs = columns.flatMap((column) => {
    const name = column.symbol?.name;
    if (column.kind !== 'NameReference' || name === undefined) {
      throw refuse(call, `'${firstToken(column)}' where a column's name is wanted`);
    }
    return [literalText(name), call.lower(column)];
  });
  return makeCall(call, onlyValues ? 'bag_pack of values' : 'bag_pack', 'dynamic', pairs);
}

/** A bag of all columns, or of those that are neither null nor empty. */
function packAll(call: SpecialCall): Expr {
  const argument = argsOf(call)[0];
  const only = argument === undefined ? undefined : call.lower(argument);
  if (only !== undefined && (only.kind !== 'literal' || typeof only.value !== 'boolean')) {
    throw refuse(call, `'pack_all' with an argument that is not constant`);
  }
  const row = call.scope.row ?? [];
  if (row.length === 0 || row.length > 200) throw refuse(call, `'pack_all' here`);
  const pairs = row.flatMap((field): Expr[] => [literalText(field.name), fieldRef(field)]);
  const name = only?.value === true ? 'bag_pack of values' : 'bag_pack';
  return makeCall(call, name, 'dynamic', pairs);
}

/** The column of that name, or else the other value. */
function columnIfExists(call: SpecialCall): Expr {
  const [name, otherwise] = argsOf(call);
  const wanted = name === undefined ? undefined : call.lower(name);
  if (wanted?.kind !== 'literal' || typeof wanted.value !== 'string' || otherwise === undefined) {
    throw refuse(call, `'column_ifexists' of a name that is not constant`);
  }
  const field = call.scope.row?.find((item) => item.name === wanted.value);
  if (field === undefined) return call.lower(otherwise);
  if (field.type !== call.node.type) throw refuse(call, `'column_ifexists' of this type`);
  return fieldRef(field);
}

function columnNames(call: SpecialCall): Expr {
  const columns = argsOf(call)[0]?.columns;
  if (columns === undefined) throw refuse(call, `'column_names_of' of what is no table`);
  const names = JSON.stringify(columns.map((column) => column.name));
  return { kind: 'literal', type: 'dynamic', value: names };
}

function extractTyped(call: SpecialCall): Expr {
  const [pattern, group, source, type] = argsOf(call) as [
    SyntaxNode,
    SyntaxNode,
    SyntaxNode,
    SyntaxNode,
  ];
  const found = makeCall(call, 'extract', 'string', [pattern, group, source].map(call.lower));
  return converted(call, found, typeNamed(call, type));
}

/** A path of names and indexes through the JSON of a text. */
function extractJson(call: SpecialCall): Expr {
  const [path, json, type] = argsOf(call);
  const written = path === undefined ? undefined : call.lower(path);
  if (written?.kind !== 'literal' || typeof written.value !== 'string' || json === undefined) {
    throw refuse(call, `'extract_json' of a path that is not constant`);
  }
  if (!/^\$((\.[A-Za-z_]\w*)|(\[\d+\])|(\['[^'"\\]+'\]))+$/.test(written.value)) {
    throw refuse(call, `'extract_json' of this path`);
  }
  const steps = [...written.value.matchAll(/\.(\w+)|\[(\d+)\]|\['([^']+)'\]/g)].map(
    ([, name, index, quoted]): Expr =>
      index === undefined ? literalText(name ?? quoted ?? '') : literalLong(Number(index)),
  );
  const parsed = makeCall(call, 'parse_json', 'dynamic', [call.lower(json)]);
  const found = makeCall(call, 'member', 'dynamic', [parsed, ...steps]);
  const asText = makeCall(call, 'tostring', 'string', [found]);
  return type === undefined ? asText : converted(call, asText, typeNamed(call, type));
}

/** `bin_at` with the size and point that `set` has given. */
function binAuto(call: SpecialCall): Expr {
  const [value] = argsOf(call).map(call.lower);
  const { options } = call.context;
  const size = options.get('query_bin_auto_size');
  const point = options.get('query_bin_auto_at');
  if (value === undefined || size === undefined || point === undefined) {
    const what = `'bin_auto' without query_bin_auto_size and query_bin_auto_at`;
    throw refuse(call, what, 'Write bin(TimeGenerated, 1h), or set both before the query.');
  }
  return makeCall(call, 'bin_at', value.type, [value, size, point]);
}

/** How many bytes values take; how many others than longs and texts do is not known here. */
function estimateDataSize(call: SpecialCall): Expr {
  const nodes = argsOf(call);
  const values = nodes.flatMap((node): Expr[] => {
    if (node.kind !== 'StarExpression') return [call.lower(node)];
    return (call.scope.row ?? []).map(fieldRef);
  });
  if (values.length === 0) throw refuse(call, `'estimate_data_size' of nothing`);
  return makeCall(call, 'estimate_data_size', 'long', values);
}

/** The place of the first term of a list that a text has. */
function hasAnyIndex(call: SpecialCall): Expr {
  const [searched, list] = argsOf(call).map(call.lower);
  const terms = list === undefined ? undefined : constantTerms(list);
  if (searched === undefined || terms === undefined) {
    throw refuse(call, `'has_any_index' of a list that is not constant`);
  }
  // Whether it looks for these as `has` does is not known.
  if (terms.some((item) => /^[^\p{L}\p{N}]|[^\p{L}\p{N}]$/u.test(item))) {
    throw refuse(
      call,
      `'has_any_index' of a text that does not begin and end with a letter or digit`,
    );
  }
  const id = call.context.id();
  const branches = terms.flatMap((term, i) => [
    makeCall(call, 'has', 'bool', [{ kind: 'bound', type: searched.type, id }, literalText(term)]),
    literalLong(i),
  ]);
  if (branches.length === 0) return literalLong(-1);
  const body = makeCall(call, 'case', 'long', [...branches, literalLong(-1)]);
  return { kind: 'bind', type: 'long', id, value: searched, body };
}

/** The texts of a constant array, or of `range` over constants. */
function constantTerms(list: Expr): readonly string[] | undefined {
  if (list.kind === 'call' && list.name === 'range') {
    const [from, to, step = 1] = list.args.map((arg) =>
      arg.kind === 'literal' && arg.type === 'long' ? Number(arg.value) : NaN,
    );
    const count = Math.floor(((to ?? NaN) - (from ?? NaN)) / step) + 1;
    if (!(step > 0) || !(count >= 0 && count <= 100)) return undefined;
    return Array.from({ length: count }, (_, i) => String((from ?? 0) + i * step));
  }
  if (list.kind !== 'literal' || typeof list.value !== 'string') return undefined;
  const elements: unknown = JSON.parse(list.value);
  const isTerm = (item: unknown): boolean => typeof item === 'string' || Number.isSafeInteger(item);
  // As text 1.0 is not 1, which is what JSON.parse makes of it.
  if (JSON.stringify(elements) !== list.value) return undefined;
  return Array.isArray(elements) && elements.length <= 100 && elements.every(isTerm)
    ? elements.map(String)
    : undefined;
}

/** The arrays that `array_sort_asc` and `array_sort_desc` give for several, in order; undefined for another node. */
export function sortedArrays(
  context: Context,
  node: SyntaxNode,
  scope: Scope,
  lower: (node: SyntaxNode) => Expr,
): readonly Expr[] | undefined {
  const name = node.kind === 'FunctionCallExpression' ? (node.symbol?.name ?? '') : '';
  if (!/^array_sort_(asc|desc)$/.test(name)) return undefined;
  const call: SpecialCall = { context, node, scope, lower };
  const [first, ...others] = argsOf(call).map(lower);
  if (first === undefined || others.length === 0) return undefined;
  if (others.some((other) => other.type !== 'dynamic')) return undefined;
  return [
    makeCall(call, name, 'dynamic', [first]),
    ...others.map((other) => makeCall(call, `${name} of another`, 'dynamic', [first, other])),
  ];
}

/** The type that `typeof(…)` names, as the language service has bound the call. */
function typeNamed(call: SpecialCall, node: SyntaxNode): KustoType {
  const words: string[] = [];
  walk(node, (part) => {
    if (part.token !== undefined) words.push(part.token);
  });
  if (words[0] !== 'typeof' || words.length !== 4 || call.node.type === undefined) {
    throw refuse(call, 'this type');
  }
  return call.node.type;
}

function converted(call: SpecialCall, value: Expr, type: KustoType): Expr {
  if (type === 'string') return value;
  const name = CONVERSIONS[type];
  if (name === undefined) throw refuse(call, `a conversion to ${type}`);
  return makeCall(call, name, type, [value]);
}
