import type { Column, KustoType } from '../core/table';
import { callName, isAggregateCall, isSeveralColumns } from './call-name';
import type { Context, Scope } from './context';
import type { Expr } from './ir';
import { lowerExpression } from './lower-expression';
import { literalText, makeCall } from './make-expression';
import { namedValue } from './lower-sources';
import { whyRefused } from './refused';
import { firstToken, slot, slotItems, type SyntaxNode } from './syntax';

/** Functions that give several columns: the function that gives them as one bag, and its members in order. */
const SEVERAL: Readonly<
  Record<
    string,
    { readonly bag: string; readonly members: readonly (readonly [string, KustoType])[] }
  >
> = {
  series_stats: {
    bag: 'series_stats_dynamic',
    members: [
      ['min', 'real'],
      ['min_idx', 'long'],
      ['max', 'real'],
      ['max_idx', 'long'],
      ['avg', 'real'],
      ['stdev', 'real'],
      ['variance', 'real'],
    ],
  },
  series_fit_line: {
    bag: 'series_fit_line_dynamic',
    members: [
      ['rsquare', 'real'],
      ['slope', 'real'],
      ['variance', 'real'],
      ['rvariance', 'real'],
      ['interception', 'real'],
      ['line_fit', 'dynamic'],
    ],
  },
};

/** The functions of which one call gives several columns of a project or an extend. */
export const FUNCTIONS_OF_COLUMNS: readonly string[] = Object.keys(SEVERAL);

/** The values of one item of project or extend: one, or one for each column of a function of several. */
export function lowerValues(
  context: Context,
  node: SyntaxNode,
  scope: Scope,
): readonly [Expr, ...Expr[]] {
  const compound = node.kind === 'CompoundNamedExpression';
  const value = compound ? slot(node, 'Expression') : namedValue(node);
  if (!compound && !givesSeveral(node)) return [lowerExpression(context, value, scope)];
  const name = value.kind === 'FunctionCallExpression' ? firstToken(slot(value, 'Name')) : '';
  const known = Object.hasOwn(SEVERAL, name) ? SEVERAL[name] : undefined;
  const args = known === undefined ? [] : slotItems(slot(value, 'ArgumentList'), 'Expressions');
  const [series] = args;
  if (known === undefined || series === undefined || args.length > 1) {
    const what = name === '' ? 'an expression of several columns' : `'${name}'`;
    throw context.unsupported(what, node, scope, whyRefused(name));
  }
  if (compound && explicitNames(node).length !== known.members.length) {
    throw context.unsupported('naming some of several columns', node, scope);
  }
  const place = context.place(node, scope);
  const bag = makeCall(known.bag, 'dynamic', [lowerExpression(context, series, scope)], place);
  const columns = known.members.map(([member, type]): Expr => {
    const found = makeCall('member', 'dynamic', [bag, literalText(member)], place);
    if (type === 'dynamic') return found;
    return makeCall(type === 'real' ? 'todouble' : 'tolong', type, [found], place);
  });
  // The engine gives a single name to the first column and leaves the others out.
  const kept = node.kind === 'SimpleNamedExpression' ? columns.slice(0, 1) : columns;
  return kept as [Expr, ...Expr[]];
}

/** Whether the binder counts several columns for an item. */
export function givesSeveral(node: SyntaxNode): boolean {
  return widthOf(node) > 1;
}

/** How many columns the binder counts for an item. */
export function widthOf(node: SyntaxNode): number {
  const compound = node.kind === 'CompoundNamedExpression';
  const value = compound ? slot(node, 'Expression') : namedValue(node);
  return value.type === undefined ? (value.columns?.length ?? 1) : 1;
}

/** The functions whose unnamed result the engine calls as their first argument; the binder knows of more. */
const NAMED_AS_ARGUMENT: readonly string[] = [
  'abs',
  'bin',
  'bin_at',
  'bin_auto',
  'ceiling',
  'exp',
  'exp2',
  'floor',
  'log',
  'log10',
  'log2',
  'round',
  'sqrt',
  'startofday',
  'tobool',
  'todatetime',
  'todecimal',
  'todouble',
  'toguid',
  'tohex',
  'toint',
  'tolong',
  'toreal',
  'tostring',
  'totimespan',
];

/** Refuses an unnamed call to which the binder gives its argument's name, where the engine may give another. */
export function refuseUnknownName(
  context: Context,
  node: SyntaxNode,
  name: string | undefined,
  scope: Scope,
): void {
  if (name === undefined || /^(Column|print_)\d+$/.test(name)) return;
  const written = notNamedAsArgument(node, scope);
  if (written === undefined) return;
  // `strlen(a)` is strlen_a, `gettype(a)` type_a, and sorted arrays have names of their own.
  const isOwn = /^type_|sorted/.test(name) || name.startsWith(`${written}_`);
  if (written === callName(node) && isOwn) return;
  throw context.unsupported(
    `'${written}' without a name for its column`,
    node,
    scope,
    `Name it: result = ${written}(…).`,
  );
}

/** The first call, from the outside in, that does not hand its argument's name on. */
function notNamedAsArgument(node: SyntaxNode, scope: Scope): string | undefined {
  const written = callName(node);
  if (written === undefined || scope.names.has(written)) return undefined;
  if (isAggregateCall(node) || isSeveralColumns(node)) return undefined;
  if (!NAMED_AS_ARGUMENT.includes(written)) return written;
  const [first] = slotItems(slot(node, 'ArgumentList'), 'Expressions');
  return first === undefined ? undefined : notNamedAsArgument(first, scope);
}

/** The call that hands its name on to an unnamed item through the calls around it. */
export function namingCall(node: SyntaxNode): SyntaxNode {
  const written = callName(node);
  if (written === undefined || !NAMED_AS_ARGUMENT.includes(written)) return node;
  const [first] = slotItems(slot(node, 'ArgumentList'), 'Expressions');
  return first === undefined ? node : namingCall(first);
}

/** Refuses a calculation without a name: the engine numbers it by a rule that is not known. */
export function refuseUnnamedCalculation(context: Context, node: SyntaxNode, scope: Scope): void {
  if (!/^(Unary|Add|Subtract|Multiply|Divide|Modulo)/.test(node.kind)) return;
  throw context.unsupported('a calculation without a name for its column', node, scope, 'Name it.');
}

/**
 * The columns of an operator that puts values into columns which are there already: the binder names such a
 * column twice, and the engine keeps it in its place.
 */
export function columnsOnce(
  context: Context,
  operator: SyntaxNode,
  scope: Scope,
): readonly Column[] {
  const once = new Map<string, Column>();
  for (const column of operator.columns ?? []) {
    const earlier = once.get(column.name);
    if (earlier !== undefined && earlier.type !== column.type) {
      const what = `a value for '${column.name}' of another type`;
      throw context.unsupported(what, operator, scope, 'Give it another name.');
    }
    once.set(column.name, column);
  }
  return [...once.values()];
}

/** The names that an item's columns have without Kusto making one up. */
export function explicitNames(node: SyntaxNode): readonly string[] {
  const text = (name: SyntaxNode): string => name.symbol?.name ?? firstToken(name);
  if (node.kind === 'SimpleNamedExpression') return [text(slot(node, 'Name'))];
  if (node.kind === 'CompoundNamedExpression')
    return slotItems(slot(node, 'Names'), 'Names').map(text);
  return node.kind === 'NameReference' && node.symbol !== undefined ? [node.symbol.name] : [];
}
