import type { Context, Scope } from './context';
import type { Place } from './errors';
import type { Aggregate, Assignment, Expr, Field, FieldRef, Relation } from './ir';
import { expandItems } from './lower-expand';
import { fieldByName, lowerExpression } from './lower-expression';
import { fieldRef, makeAggregate, makeCall } from './make-expression';
import { filterBy, groupBy, project, sortBy, unchanged } from './make-relation';
import { firstToken, namedParameters, slot, slotItems, walk, type SyntaxNode } from './syntax';

/** Operators of a subquery that lower as usual, because they look at one row at a time. */
const ROW_BY_ROW: readonly string[] = [
  'ExtendOperator',
  'MvExpandOperator',
  'ParseOperator',
  'ParseKvOperator',
  'ProjectOperator',
  'ProjectAwayOperator',
  'ProjectKeepOperator',
  'ProjectReorderOperator',
  'ScanOperator',
  'SerializeOperator',
];

/** `mv-apply`: a subquery over the elements of each row's array, all rows at once. */
export function lowerMvApply(
  context: Context,
  input: Relation,
  operator: SyntaxNode,
  scope: Scope,
): Relation {
  if (operator.slots.has('ContextIdClause')) throw context.unsupported(`'id'`, operator, scope);
  const steps = pipeline(slot(slot(operator, 'Subquery'), 'Expression'));
  const number = context.hidden('long');
  const identified: Relation = {
    kind: 'identify',
    input,
    number,
    fields: [...input.fields, number],
  };
  const inside: Scope = { ...scope, row: identified.fields };
  const { relation, added } = expandItems(context, identified, operator, inside);
  const place = context.place(operator, scope);
  const items = relation.items.map((item) => ({
    ...item,
    list: makeCall('elements', 'dynamic', [item.list], place),
  }));
  const expanded: Relation = { ...relation, items };
  // What the subquery changes or drops of the row is kept aside.
  const outer = input.fields.map((field) => ({
    field: context.hidden(field.type),
    value: fieldRef(field),
  }));
  const names = added.map((field) => field.name);
  const visible = [...input.fields.filter((field) => !names.includes(field.name)), ...added];
  const start = project(expanded, [...unchanged([...visible, number]), ...outer]);
  const carried = [number, ...outer.map((item) => item.field)];
  const result = new Partitions(context, scope, carried).run(start, steps);
  const rows = (operator.columns ?? []).map((column): Assignment => {
    const own = fieldByName(result.fields, column.name);
    const at = input.fields.findIndex((field) => field.name === column.name);
    const kept = carried[at + 1];
    if (own !== undefined && at !== -1 && assigns(steps, column.name)) {
      throw context.unsupported(`changing '${column.name}' in mv-apply`, operator, scope);
    }
    const field = own ?? (at === -1 ? undefined : kept);
    if (field === undefined) throw context.unsupported('these columns', operator, scope);
    return { field: context.field(column.name, field.type), value: fieldRef(field) };
  });
  return project(result, rows);
}

/** `partition by column (subquery)`: the subquery over each partition's rows, all at once. */
export function lowerPartition(
  context: Context,
  input: Relation,
  operator: SyntaxNode,
  scope: Scope,
): Relation {
  const parameters = namedParameters(operator);
  const strategy = parameters.get('hint.strategy');
  const known = ['hint.strategy', 'hint.materialized'];
  if (
    [...parameters.keys()].some((name) => !known.includes(name)) ||
    (strategy !== undefined && !['native', 'shuffle', 'legacy'].includes(firstToken(strategy))) ||
    slot(operator, 'Operand').kind !== 'PartitionSubquery'
  ) {
    throw context.unsupported('this partition', operator, scope);
  }
  const key = lowerExpression(context, slot(operator, 'ByExpression'), scope);
  if (key.kind !== 'field' || key.type === 'dynamic' || key.type === 'real') {
    throw context.unsupported(`partition by this`, operator, scope, 'Partition by a column.');
  }
  const carried = context.hidden(key.type);
  const kept = unchanged(input.fields);
  const isLimited = strategy === undefined || firstToken(strategy) === 'legacy';
  const source = isLimited
    ? fewPartitions(context, input, key, context.place(operator, scope))
    : input;
  const start = project(source, [...kept, { field: carried, value: key }]);
  const steps = pipeline(slot(slot(operator, 'Operand'), 'Subquery'));
  const result = new Partitions(context, scope, [carried]).run(start, steps);
  const items = (operator.columns ?? []).map((column): Assignment => {
    const field = fieldByName(result.fields, column.name);
    if (field === undefined) throw context.unsupported('these columns', operator, scope);
    return { field: context.field(column.name, field.type), value: fieldRef(field) };
  });
  return project(result, items);
}

/** The rows, unless they make more partitions than Kusto's strategy of old allows. */
function fewPartitions(context: Context, input: Relation, key: FieldRef, place: Place): Relation {
  const share = { relation: input, uses: 2 };
  const rows: Relation = { kind: 'shared', share, fields: input.fields };
  const field = context.field('partition', key.type);
  const count = context.field('partitions', 'long');
  const partitions = groupBy(rows, [{ field, value: key }], []);
  const query = groupBy(partitions, [], [makeAggregate('count', count, [], place)]);
  const number: Expr = { kind: 'scalar', rows: 'first', type: 'long', query };
  const condition = makeCall('few partitions', 'bool', [number], place);
  return filterBy(rows, condition);
}

/** The operators of a subquery, which begins with one. */
function pipeline(node: SyntaxNode): readonly SyntaxNode[] {
  const steps: SyntaxNode[] = [];
  let at = node;
  while (at.kind === 'PipeExpression') {
    steps.unshift(slot(at, 'Operator'));
    at = slot(at, 'Expression');
  }
  return [at, ...steps];
}

function assigns(steps: readonly SyntaxNode[], name: string): boolean {
  let found = false;
  for (const step of steps) {
    walk(step, (node) => {
      if (node.kind !== 'SimpleNamedExpression') return;
      const target = slot(node, 'Name');
      found ||= (target.symbol?.name ?? firstToken(target)) === name;
    });
  }
  return found;
}

/**
 * Runs the operators of a subquery over all partitions together. The first carried field tells the
 * partitions apart; the others are the same in all rows of one.
 */
class Partitions {
  /** Which rows a `where` has left over, while the partition itself must stay for a later `summarize`. */
  private left: Field | undefined;

  constructor(
    private readonly context: Context,
    private readonly scope: Scope,
    private readonly carried: readonly Field[],
  ) {}

  private get group(): Expr[] {
    return this.carried.slice(0, 1).map(fieldRef);
  }

  run(start: Relation, steps: readonly SyntaxNode[]): Relation {
    const lastWhole = steps.findLastIndex(isWhole);
    return steps.reduce((relation, step, i) => this.step(relation, step, i < lastWhole), start);
  }

  private step(input: Relation, operator: SyntaxNode, staysWhole: boolean): Relation {
    const scope: Scope = { ...this.scope, row: input.fields, group: this.group };
    const lowered = (relation: Relation): Relation =>
      this.context.operator(this.context, relation, operator, scope);
    if (operator.kind === 'FilterOperator') {
      return staysWhole ? this.mark(input, operator, scope) : lowered(input);
    }
    if (operator.kind === 'SortOperator') return lowered(input);
    if (operator.kind === 'TopOperator' || operator.kind === 'TakeOperator') {
      return this.leftFirst(lowered(input));
    }
    if (operator.kind === 'SummarizeOperator' || operator.kind === 'CountOperator') {
      return this.summarize(lowered(input), operator, scope);
    }
    // An empty array would drop the partition from a later summarize.
    const drops = operator.kind === 'MvExpandOperator' && staysWhole;
    const loses = operator.kind === 'ScanOperator' && (staysWhole || this.left !== undefined);
    if (!ROW_BY_ROW.includes(operator.kind) || loses) throw this.refuse(operator, scope);
    const result = lowered(input);
    return this.keep(drops ? this.fullLists(result, operator, scope) : result, operator, scope);
  }

  private refuse(operator: SyntaxNode, scope: Scope): Error {
    return this.context.unsupported(`'${firstToken(operator)}' in a subquery`, operator, scope);
  }

  /** Adds the carried fields to what an operator has made. */
  private keep(result: Relation, operator: SyntaxNode, scope: Scope): Relation {
    const hidden = [...this.carried, ...(this.left === undefined ? [] : [this.left])];
    if (hidden.every((field) => result.fields.includes(field))) return result;
    if (result.kind !== 'project' || !hidden.every((f) => result.input.fields.includes(f))) {
      throw this.refuse(operator, scope);
    }
    const added = unchanged(hidden);
    return project(result.input, [...result.items, ...added]);
  }

  private fullLists(result: Relation, operator: SyntaxNode, scope: Scope): Relation {
    if (result.kind !== 'project' || result.input.kind !== 'expand') {
      throw this.refuse(operator, scope);
    }
    const place = this.context.place(operator, scope);
    const items = result.input.items.map((item) => ({
      ...item,
      list: makeCall('elements', 'dynamic', [item.list], place),
    }));
    return { ...result, input: { ...result.input, items } };
  }

  private mark(input: Relation, operator: SyntaxNode, scope: Scope): Relation {
    const condition = lowerExpression(this.context, slot(operator, 'Condition'), scope);
    const place = this.context.place(operator, scope);
    if (condition.type !== 'bool') throw this.refuse(operator, scope);
    const before = this.left;
    const value =
      before === undefined
        ? condition
        : makeCall('and', 'bool', [fieldRef(before), condition], place);
    this.left = this.context.hidden('bool');
    const kept = unchanged(input.fields.filter((field) => field !== before));
    return project(input, [...kept, { field: this.left, value }]);
  }

  /** Rows that a `where` has not left over come last, so that they take no row's place. */
  private leftFirst(result: Relation): Relation {
    if (this.left === undefined || result.kind !== 'limit') return result;
    const { input } = result;
    const first = { value: fieldRef(this.left), descending: true, nullsFirst: false };
    const sorted: Relation =
      input.kind === 'sort' ? { ...input, keys: [first, ...input.keys] } : sortBy(input, [first]);
    return { ...result, input: sorted };
  }

  private summarize(result: Relation, operator: SyntaxNode, scope: Scope): Relation {
    const aggregated = result.kind === 'project' ? result.input : result;
    if (aggregated.kind !== 'aggregate' || (this.left !== undefined && !isWhole(operator))) {
      throw this.refuse(operator, scope);
    }
    const place = this.context.place(operator, scope);
    const [key, ...same] = this.carried;
    if (key === undefined) throw this.refuse(operator, scope);
    const { left } = this;
    const aggregates = aggregated.aggregates.map((aggregate): Aggregate => {
      if (left === undefined) return aggregate;
      const ref = fieldRef(left);
      const filter =
        aggregate.filter === undefined
          ? ref
          : makeCall('and', 'bool', [aggregate.filter, ref], place);
      return { ...aggregate, filter };
    });
    const constants = same.map((field) =>
      makeAggregate('the same', field, [fieldRef(field)], place),
    );
    const whole: Relation = {
      ...aggregated,
      keys: [...aggregated.keys, { field: key, value: fieldRef(key) }],
      aggregates: [...aggregates, ...constants],
      fields: [...aggregated.fields, key, ...same],
    };
    this.left = undefined;
    if (result.kind !== 'project') return whole;
    const added = unchanged(this.carried);
    return project(whole, [...result.items, ...added]);
  }
}

/** Whether an operator makes one row of a partition, even of one without rows. */
function isWhole(operator: SyntaxNode): boolean {
  if (operator.kind === 'CountOperator') return true;
  const by = operator.slots.get('ByClause');
  return (
    operator.kind === 'SummarizeOperator' &&
    (by === undefined || slotItems(by, 'Expressions').length === 0)
  );
}
