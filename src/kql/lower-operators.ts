import type { KustoType } from '../core/table';
import type { Context, OperatorLowering, Scope } from './context';
import type { Assignment, Expr, Relation, SortKey } from './ir';
import { fieldByName, lowerExpression } from './lower-expression';
import { fieldRef, literalText, makeAggregate, makeCall } from './make-expression';
import { grouped, project, renewed, unchanged } from './make-relation';
import {
  explicitNames,
  givesSeveral,
  lowerValues,
  refuseUnknownName,
  refuseUnnamedCalculation,
  widthOf,
} from './lower-columns';
import { lowerEvaluate } from './lower-evaluate';
import { lowerJoin, lowerLookup } from './lower-join';
import { lowerMvExpand } from './lower-expand';
import { lowerMakeSeries } from './lower-make-series';
import { lowerMvApply, lowerPartition } from './lower-partition';
import { lowerParse } from './lower-parse';
import { lowerParseKv } from './lower-parse-kv';
import { lowerScan } from './lower-scan';
import { lowerSearch } from './lower-search';
import { namedValue } from './lower-sources';
import { lowerTopHitters, lowerTopNested } from './lower-top-nested';
import { hasWindow, projectWindows } from './lower-window';
import { lowerSummarize } from './lower-summarize';
import { whyRefused } from './refused';
import { firstToken, slot, slotItems, type SyntaxNode } from './syntax';

/** The operators that are known to be translated right; all others are refused. */
const OPERATORS: Readonly<Record<string, OperatorLowering>> = {
  CountOperator: lowerCount,
  DistinctOperator: lowerDistinct,
  EvaluateOperator: lowerEvaluate,
  ExtendOperator: lowerExtend,
  FilterOperator: lowerFilter,
  GetSchemaOperator: lowerGetSchema,
  JoinOperator: lowerJoin,
  LookupOperator: lowerLookup,
  MakeSeriesOperator: lowerMakeSeries,
  MvApplyOperator: lowerMvApply,
  MvExpandOperator: lowerMvExpand,
  PartitionOperator: lowerPartition,
  ParseKvOperator: lowerParseKv,
  ParseOperator: lowerParse,
  ParseWhereOperator: lowerParse,
  ProjectAwayOperator: lowerSelection,
  ProjectKeepOperator: lowerSelection,
  ProjectOperator: lowerProject,
  ProjectRenameOperator: lowerRename,
  ProjectReorderOperator: lowerSelection,
  RenderOperator: (_, input) => input,
  SampleDistinctOperator: lowerSampleDistinct,
  ScanOperator: lowerScan,
  SearchOperator: lowerSearch,
  SerializeOperator: lowerSerialize,
  SortOperator: lowerSort,
  SummarizeOperator: lowerSummarize,
  TakeOperator: lowerTake,
  TopHittersOperator: lowerTopHitters,
  TopNestedOperator: lowerTopNested,
  TopOperator: lowerTop,
};

/** The kinds of syntax node of the operators on the list. */
export const TABULAR_OPERATORS: readonly string[] = Object.keys(OPERATORS);

/** What .NET calls the types, which getschema tells. */
const DOTNET_TYPES: Readonly<Record<KustoType, string>> = {
  bool: 'System.SByte',
  datetime: 'System.DateTime',
  decimal: 'System.Data.SqlTypes.SqlDecimal',
  dynamic: 'System.Object',
  guid: 'System.Guid',
  int: 'System.Int32',
  long: 'System.Int64',
  real: 'System.Double',
  string: 'System.String',
  timespan: 'System.TimeSpan',
};

function lowerGetSchema(context: Context, input: Relation): Relation {
  const fields = [
    context.field('ColumnName', 'string'),
    context.field('ColumnOrdinal', 'int'),
    context.field('DataType', 'string'),
    context.field('ColumnType', 'string'),
  ];
  const rows = input.fields.map(({ name, type }, i): Expr[] => [
    literalText(name),
    { kind: 'literal', type: 'int', value: BigInt(i) },
    literalText(DOTNET_TYPES[type]),
    literalText(type),
  ]);
  return { kind: 'values', fields, rows };
}

/** Lowers one operator of a pipeline. */
export function lowerOperator(
  context: Context,
  input: Relation,
  operator: SyntaxNode,
  scope: Scope,
): Relation {
  context.count(operator, scope);
  const lower = OPERATORS[operator.kind];
  if (lower === undefined) {
    const word = firstToken(operator);
    throw context.unsupported(`'${word}'`, operator, scope, whyRefused(word));
  }
  return lower(context, input, operator, { ...scope, row: input.fields });
}

function lowerFilter(
  context: Context,
  input: Relation,
  operator: SyntaxNode,
  scope: Scope,
): Relation {
  const condition = lowerExpression(context, slot(operator, 'Condition'), scope);
  if (condition.type !== 'bool') {
    const hint = 'Compare it with something, or convert it with tobool(…).';
    throw context.unsupported('a condition that is no bool', operator, scope, hint);
  }
  if (!hasWindow(condition)) return { kind: 'filter', fields: input.fields, input, condition };
  const field = context.field('condition', 'bool');
  const kept = unchanged(input.fields);
  const computed = projectWindows(
    context,
    input,
    [...kept, { field, value: condition }],
    scope.group,
  );
  const filtered: Relation = {
    kind: 'filter',
    fields: computed.fields,
    input: computed,
    condition: fieldRef(field),
  };
  return project(filtered, renewed(context, input.fields));
}

function lowerProject(
  context: Context,
  input: Relation,
  operator: SyntaxNode,
  scope: Scope,
): Relation {
  const columns = operator.columns ?? [];
  const nodes = slotItems(operator, 'Expressions');
  let at = 0;
  const items = nodes.flatMap((node): readonly Assignment[] => {
    const named = columns.slice(at, at + widthOf(node));
    refuseUnknownName(context, node, named[0]?.name, scope);
    at += widthOf(node);
    return lowerValues(context, node, scope).map((value, i) => ({
      field: context.field(named[i]?.name ?? '', value.type),
      value,
    }));
  });
  if (at !== columns.length) throw context.unsupported('these columns', operator, scope);
  return projectWindows(context, input, items, scope.group);
}

function lowerExtend(
  context: Context,
  input: Relation,
  operator: SyntaxNode,
  scope: Scope,
): Relation {
  const columns = operator.columns ?? [];
  const values = new Map<string, Expr>();
  const automatic = automaticNames(context, input, operator, scope);
  for (const node of slotItems(operator, 'Expressions')) {
    const names = explicitNames(node);
    lowerValues(context, node, scope).forEach((value, i) => {
      const name = names[i] ?? automatic.shift();
      if (name === undefined) throw context.unsupported(`this '${firstToken(node)}'`, node, scope);
      values.set(name, value);
    });
  }
  const items = columns.flatMap((column): readonly Assignment[] => {
    const existing = fieldByName(input.fields, column.name);
    const value = values.get(column.name) ?? (existing && fieldRef(existing));
    // The binder names columns that the engine leaves out.
    if (value === undefined) return [];
    return [{ field: context.field(column.name, value.type), value }];
  });
  return projectWindows(context, input, items, scope.group);
}

/** The names that Kusto made up, in order: those new columns that no item names. */
function automaticNames(
  context: Context,
  input: Relation,
  operator: SyntaxNode,
  scope: Scope,
): string[] {
  const nodes = slotItems(operator, 'Expressions');
  const dropsColumns = nodes.some(
    (node) => node.kind === 'SimpleNamedExpression' && givesSeveral(node),
  );
  if (dropsColumns && nodes.some((node) => explicitNames(node).length === 0)) {
    throw context.unsupported('an expression of several columns beside others', operator, scope);
  }
  const named = nodes.flatMap(explicitNames);
  return (operator.columns ?? [])
    .map((column) => column.name)
    .filter((name) => fieldByName(input.fields, name) === undefined && !named.includes(name));
}

/** project-away, -keep and -reorder: the binder has worked out the columns, by name. */
function lowerSelection(
  context: Context,
  input: Relation,
  operator: SyntaxNode,
  scope: Scope,
): Relation {
  const fields = (operator.columns ?? []).map((column) => {
    const field = fieldByName(input.fields, column.name);
    if (field === undefined) throw context.unsupported('these columns', operator, scope);
    return field;
  });
  return project(input, renewed(context, fields));
}

function lowerRename(
  context: Context,
  input: Relation,
  operator: SyntaxNode,
  scope: Scope,
): Relation {
  const columns = operator.columns ?? [];
  if (columns.length !== input.fields.length)
    throw context.unsupported('this renaming', operator, scope);
  const items = input.fields.map((field, i): Assignment => ({
    field: context.field(columns[i]?.name ?? field.name, field.type),
    value: fieldRef(field),
  }));
  return project(input, items);
}

function lowerSort(
  context: Context,
  input: Relation,
  operator: SyntaxNode,
  scope: Scope,
): Relation {
  const keys = slotItems(operator, 'Expressions').flatMap((node) => sortKeys(context, node, scope));
  return { kind: 'sort', fields: input.fields, input, keys };
}

const CONVERT = 'Convert it with tostring(…), tolong(…) or todatetime(…).';

/** Descending unless it says otherwise; nulls first when ascending, last when descending. */
function sortKeys(context: Context, node: SyntaxNode, scope: Scope): SortKey[] {
  const ordered = node.kind === 'OrderedExpression';
  const value = lowerExpression(context, ordered ? slot(node, 'Expression') : node, scope);
  if (value.type === 'dynamic')
    throw context.unsupported('sorting by a dynamic', node, scope, CONVERT);
  if (hasWindow(value))
    throw context.unsupported('sorting by what looks at other rows', node, scope);
  const ordering = ordered ? node.slots.get('Ordering') : undefined;
  const direction = ordering?.slots.get('AscOrDescKeyword');
  const nulls = ordering?.slots.get('NullsClause')?.slots.get('FirstOrLastKeyword');
  const descending = direction === undefined || firstToken(direction) !== 'asc';
  const nullsFirst = nulls === undefined ? !descending : firstToken(nulls) === 'first';
  const key: SortKey = { value, descending, nullsFirst };
  if (value.type !== 'real') return [key];
  // NaN stands beside null, whichever way the numbers go; SQL would hold it for the greatest number.
  const rank = makeCall('rank of number', 'long', [value], context.place(node, scope));
  return [{ value: rank, descending: !nullsFirst, nullsFirst }, key];
}

function lowerTop(context: Context, input: Relation, operator: SyntaxNode, scope: Scope): Relation {
  const keys = sortKeys(context, slot(operator, 'ByExpression'), scope);
  const sorted: Relation = { kind: 'sort', fields: input.fields, input, keys };
  return limit(context, sorted, slot(operator, 'Expression'), scope);
}

function lowerTake(
  context: Context,
  input: Relation,
  operator: SyntaxNode,
  scope: Scope,
): Relation {
  context.approximate = true;
  return limit(context, input, slot(operator, 'Expression'), scope);
}

/** Any of the distinct values, so many of them. */
function lowerSampleDistinct(
  context: Context,
  input: Relation,
  operator: SyntaxNode,
  scope: Scope,
): Relation {
  const [column] = operator.columns ?? [];
  const value = lowerExpression(context, slot(operator, 'OfExpression'), scope);
  if (column === undefined || value.type === 'dynamic') {
    throw context.unsupported('sample-distinct of a dynamic', operator, scope);
  }
  context.approximate = true;
  const field = context.field(column.name, value.type);
  return limit(
    context,
    grouped(input, [{ field, value }], []),
    slot(operator, 'Expression'),
    scope,
  );
}

function limit(context: Context, input: Relation, node: SyntaxNode, scope: Scope): Relation {
  const count = lowerExpression(context, node, { ...scope, row: undefined });
  if (count.type !== 'long' && count.type !== 'int') {
    throw context.unsupported('a number of rows that is no long', node, scope);
  }
  return { kind: 'limit', fields: input.fields, input, count, group: scope.group ?? [] };
}

function lowerCount(
  context: Context,
  input: Relation,
  operator: SyntaxNode,
  scope: Scope,
): Relation {
  const name = operator.columns?.[0]?.name ?? 'Count';
  const field = context.field(name, 'long');
  const aggregate = makeAggregate('count', field, [], context.place(operator, scope));
  return grouped(input, [], [aggregate]);
}

function lowerDistinct(
  context: Context,
  input: Relation,
  operator: SyntaxNode,
  scope: Scope,
): Relation {
  const written = slotItems(operator, 'Expressions');
  if (written.length > 1 && written.some(({ kind }) => kind === 'StarExpression')) {
    throw context.unsupported(`distinct of '*' and something else`, operator, scope);
  }
  const keys = (operator.columns ?? []).map((column, i): Assignment => {
    const node = written[i];
    if (node !== undefined) refuseUnknownName(context, node, column.name, scope);
    if (node !== undefined) refuseUnnamedCalculation(context, node, scope);
    const value = distinctValue(context, input, node, column.name, scope);
    if (value.type === 'dynamic')
      throw context.unsupported('distinct of a dynamic', operator, scope, CONVERT);
    return { field: context.field(column.name, value.type), value };
  });
  return grouped(input, keys, []);
}

/** Of `*` there is one item for all columns, so that those after the first have no item of their own. */
function distinctValue(
  context: Context,
  input: Relation,
  node: SyntaxNode | undefined,
  name: string,
  scope: Scope,
): Expr {
  if (node !== undefined && node.kind !== 'StarExpression') {
    return lowerExpression(context, namedValue(node), scope);
  }
  const column = fieldByName(input.fields, name);
  if (column === undefined) throw new Error(`no column ${name} in the input of distinct`);
  return fieldRef(column);
}

function lowerSerialize(
  context: Context,
  input: Relation,
  operator: SyntaxNode,
  scope: Scope,
): Relation {
  const serialized: Relation = {
    kind: 'serialize',
    fields: input.fields,
    input,
    fixed: false,
  };
  if (slotItems(operator, 'Expressions').length === 0) return serialized;
  return lowerExtend(context, serialized, operator, scope);
}
