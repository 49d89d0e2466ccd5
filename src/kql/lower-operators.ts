import type { Context, OperatorLowering, Scope } from './context';
import { CONVERT_DYNAMIC } from './hints';
import type { Assignment, Expr, Relation } from './ir';
import { refuseUnknownName, refuseUnnamedCalculation } from './lower-columns';
import { lowerEvaluate } from './lower-evaluate';
import { lowerMvExpand } from './lower-expand';
import { fieldByName, lowerExpression } from './lower-expression';
import { lowerJoin, lowerLookup } from './lower-join';
import { lowerMakeSeries } from './lower-make-series';
import { lowerParse } from './lower-parse';
import { lowerParseKv } from './lower-parse-kv';
import { lowerMvApply, lowerPartition } from './lower-partition';
import {
  lowerExtend,
  lowerGetSchema,
  lowerProject,
  lowerRename,
  lowerSelection,
  lowerSerialize,
} from './lower-project';
import { lowerScan } from './lower-scan';
import { lowerSearch } from './lower-search';
import { lowerSampleDistinct, lowerSort, lowerTake, lowerTop } from './lower-sort';
import { namedValue } from './lower-sources';
import { lowerSummarize } from './lower-summarize';
import { lowerTopHitters, lowerTopNested } from './lower-top-nested';
import { hasWindow, projectWindows } from './lower-window';
import { fieldRef, makeAggregate } from './make-expression';
import { filterBy, groupBy, project, renewed, unchanged } from './make-relation';
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
  if (!hasWindow(condition)) return filterBy(input, condition);
  const field = context.field('condition', 'bool');
  const kept = unchanged(input.fields);
  const computed = projectWindows(
    context,
    input,
    [...kept, { field, value: condition }],
    scope.group,
  );
  return project(filterBy(computed, fieldRef(field)), renewed(context, input.fields));
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
  return groupBy(input, [], [aggregate]);
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
      throw context.unsupported('distinct of a dynamic', operator, scope, CONVERT_DYNAMIC);
    return { field: context.field(column.name, value.type), value };
  });
  return groupBy(input, keys, []);
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
