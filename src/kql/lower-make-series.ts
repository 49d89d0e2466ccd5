import type { KustoType } from '../core/table';
import { NUMBERS } from './argument-types';
import type { Context, Scope } from './context';
import type { Place } from './errors';
import type { Assignment, Axis, Expr, Relation, Series } from './ir';
import { someExpr } from './ir';
import { lowerComputed, type Collected } from './lower-aggregates';
import { convert, lowerExpression } from './lower-expression';
import { namedValue } from './lower-sources';
import { literalNull, makeAggregate, makeCall } from './make-expression';
import { groupBy, project, unchanged } from './make-relation';
import { firstToken, namedParameters, slot, slotItems, type SyntaxNode } from './syntax';

/** The axes whose steps are known to be cut as Kusto does it, and what a step of them is. */
const AXES: Partial<Readonly<Record<KustoType, KustoType>>> = {
  datetime: 'timespan',
  timespan: 'timespan',
  long: 'long',
  int: 'long',
};

interface Range {
  readonly from: Expr | undefined;
  readonly to: Expr | undefined;
  readonly step: Expr;
  readonly closed: boolean;
}

/** `make-series`: rows are aggregated for each group and step; steps without rows get a default. */
export function lowerMakeSeries(
  context: Context,
  input: Relation,
  operator: SyntaxNode,
  scope: Scope,
): Relation {
  const columns = operator.columns ?? [];
  const by = operator.slots.get('ByClause');
  const groupNodes = by === undefined ? [] : slotItems(by, 'Expressions');
  const groups = groupNodes.map((node, i): Assignment => {
    const value = lowerExpression(context, namedValue(node), scope);
    if (value.type === 'dynamic')
      throw context.unsupported('make-series by a dynamic', node, scope);
    return { field: context.field(columns[i]?.name ?? '', value.type), value };
  });
  const axis = lowerExpression(context, slot(slot(operator, 'OnClause'), 'Expression'), scope);
  const range = lowerRange(context, axis, slot(operator, 'RangeClause'), scope);
  const open = range.from === undefined || range.to === undefined;
  if (open && (groups.length > 0 || (range.from === undefined && range.to !== undefined))) {
    throw context.unsupported(
      'make-series without from and to',
      operator,
      scope,
      'Say where the series begin and end.',
    );
  }
  const place = context.place(operator, scope);
  const none = literalNull(axis.type);
  const bounds = [range.from ?? none, range.to ?? none, range.step];
  const step: Assignment = {
    field: context.field('\0step', 'long'),
    value: makeCall(range.closed ? 'closed step' : 'step', 'long', [axis, ...bounds], place),
  };
  const low = range.from === undefined ? context.field('\0low', axis.type) : undefined;
  const collected: Collected = { aggregates: [], items: [] };
  if (low !== undefined) collected.aggregates.push(makeAggregate('min', low, [axis], place));
  const series = slotItems(operator, 'Aggregates').map((node, i) => {
    const name = columns[groups.length + i]?.name ?? '';
    return lowerSeries(context, node, name, scope, collected);
  });
  const keys = [...groups, step];
  const kept = [...keys.map((key) => key.field), ...(low === undefined ? [] : [low])];
  const aggregated = groupBy(input, keys, collected.aggregates);
  const name = columns[groups.length + series.length]?.name;
  if (name === undefined) throw context.unsupported('these columns', operator, scope);
  const ends: Axis = { ...range, type: axis.type, low, field: context.field(name, 'dynamic') };
  return {
    kind: 'series',
    fields: [
      ...groups.map((group) => group.field),
      ...series.map((each) => each.field),
      ends.field,
    ],
    input: project(aggregated, [...unchanged(kept), ...collected.items]),
    groups: groups.map((group) => group.field),
    step: step.field,
    series,
    axis: ends,
    nonempty: isNonempty(context, operator, groups.length > 0, scope),
  };
}

function isNonempty(
  context: Context,
  operator: SyntaxNode,
  hasGroups: boolean,
  scope: Scope,
): boolean {
  const kind = namedParameters(operator).get('kind');
  if (kind === undefined) return false;
  if (firstToken(kind).toLowerCase() !== 'nonempty' || hasGroups) {
    throw context.unsupported('make-series of this kind', operator, scope);
  }
  return true;
}

/** `from a to b step c`, without the end itself, or `in range(a, b, c)` with it. */
function lowerRange(context: Context, axis: Expr, clause: SyntaxNode, scope: Scope): Range {
  const stepType = AXES[axis.type];
  if (stepType === undefined) {
    throw context.unsupported(`make-series on a ${axis.type}`, clause, scope);
  }
  const constant = (node: SyntaxNode | undefined, type: KustoType): Expr | undefined => {
    if (node === undefined) return undefined;
    const value = lowerExpression(context, node, { ...scope, row: undefined });
    return convert(value, type, context.place(node, scope));
  };
  const boundType = axis.type === 'int' ? 'long' : axis.type;
  if (clause.kind === 'MakeSeriesInRangeClause') {
    const [from, to, step] = slotItems(slot(clause, 'Arguments'), 'Expressions');
    return checkedRange(context, clause, scope, {
      from: constant(from, boundType),
      to: constant(to, boundType),
      step: constant(step, stepType),
      closed: true,
    });
  }
  const inside = (name: string): SyntaxNode | undefined =>
    clause.slots.get(name)?.slots.get('Expression');
  return checkedRange(context, clause, scope, {
    from: constant(inside('MakeSeriesFromClause'), boundType),
    to: constant(inside('MakeSeriesToClause'), boundType),
    step: constant(inside('MakeSeriesStepClause'), stepType),
    closed: false,
  });
}

function checkedRange(
  context: Context,
  clause: SyntaxNode,
  scope: Scope,
  range: Omit<Range, 'step'> & { readonly step: Expr | undefined },
): Range {
  const { step, from, to } = range;
  const closedOpen = range.closed && (from === undefined || to === undefined);
  const isNull = (value: Expr | undefined): boolean =>
    value?.kind === 'literal' && value.value === null;
  if (step === undefined || closedOpen || isNull(from) || isNull(to)) {
    throw context.unsupported('this range', clause, scope);
  }
  return { ...range, step };
}

function lowerSeries(
  context: Context,
  node: SyntaxNode,
  name: string,
  scope: Scope,
  collected: Collected,
): Series {
  const value = lowerComputed(context, namedValue(slot(node, 'Expression')), scope, collected);
  if (!NUMBERS.includes(value.type)) {
    throw context.unsupported(`a series of ${value.type} values`, node, scope);
  }
  const field = context.field(name, value.type);
  collected.items.push({ field, value });
  const written = node.slots.get('DefaultExpression')?.slots.get('Expression');
  const zero: Expr = { kind: 'literal', type: 'int', value: 0n };
  const absent =
    written === undefined ? zero : lowerExpression(context, written, { ...scope, row: undefined });
  if (someExpr(absent, (part) => part.kind === 'field')) {
    throw context.unsupported('a default that is not constant', node, scope);
  }
  return {
    field: context.field(name, 'dynamic'),
    value: field,
    absent: absentAs(value.type, absent, context.place(node, scope)),
  };
}

/** The default in the series' type; a whole number that was written as a long does for an int too. */
function absentAs(type: KustoType, absent: Expr, place: Place): Expr {
  const isWhole = absent.kind === 'literal' && typeof absent.value === 'bigint';
  if (isWhole && type === 'int' && absent.type === 'long') return { ...absent, type };
  return convert(absent, type, place);
}
