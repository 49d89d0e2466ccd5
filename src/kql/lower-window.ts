import { unsupported, type Context } from './context';
import type { Place } from './errors';
import type { Assignment, Expr, Relation, WindowCall } from './ir';
import { someExpr } from './ir';
import { fieldRef } from './make-expression';
import { project, unchanged } from './make-relation';
import { foldSession, sessionCall } from './lower-session';

/**
 * Functions that look at other rows (`prev`, `row_number`, `row_cumsum`, …). SQL cannot nest them, and a
 * restart or a rank takes several steps: each step becomes columns of a relation of its own.
 */

/** Whether an expression looks at other rows. */
export function hasWindow(value: Expr): boolean {
  return someExpr(value, (part) => part.kind === 'window');
}

/** A relation of columns whose values may look at other rows, within rows of the same `group` only. */
export function projectWindows(
  context: Context,
  input: Relation,
  items: readonly Assignment[],
  group: readonly Expr[] = [],
): Relation {
  if (!items.some((item) => hasWindow(item.value))) return project(input, items);
  if (items.some(sessionCall)) return projectSessions(context, input, items, group);
  const steps = new Steps(context, group);
  const lifted = items.map((item) => ({ field: item.field, value: steps.lift(item.value).value }));
  if (steps.layers.length === 0) return project(input, lifted);
  const fixed: Relation = { kind: 'serialize', fields: input.fields, input, fixed: true };
  const relation = steps.layers.reduce<Relation>((below, layer) => {
    const kept = unchanged(below.fields);
    return project(below, [...kept, ...layer]);
  }, fixed);
  return project(relation, lifted);
}

/** Calls of `row_window_session` first, because each row's depends on the one before it. */
function projectSessions(
  context: Context,
  input: Relation,
  items: readonly Assignment[],
  group: readonly Expr[],
): Relation {
  let relation: Relation = { kind: 'serialize', fields: input.fields, input, fixed: true };
  const replaced: Assignment[] = [];
  for (const item of items) {
    const call = sessionCall(item);
    if (call === undefined) {
      replaced.push(item);
      continue;
    }
    if (group.length > 0) throw unsupported(`'${call.name}' in a subquery`, call.place);
    const added: Assignment[] = [];
    const args = call.args.map((arg) => {
      if (arg.kind === 'literal') return arg;
      const field = context.hidden(arg.type);
      added.push({ field, value: arg });
      return fieldRef(field);
    });
    const kept = unchanged(relation.fields);
    const rows = projectWindows(context, relation, [...kept, ...added]);
    const session = foldSession(context, rows, { ...call, args });
    relation = session.relation;
    replaced.push({ field: item.field, value: fieldRef(session.field) });
  }
  return projectWindows(context, relation, replaced);
}

/** An expression and how many layers of columns it needs below it. */
interface Lifted {
  readonly value: Expr;
  readonly level: number;
}

class Steps {
  readonly layers: Assignment[][] = [];

  constructor(
    private readonly context: Context,
    private readonly group: readonly Expr[],
  ) {}

  /** The expression without nested windows; what was nested has become columns. */
  lift(value: Expr): Lifted {
    switch (value.kind) {
      case 'call': {
        const args = value.args.map((arg) => this.lift(arg));
        return { value: { ...value, args: args.map((arg) => arg.value) }, level: highest(args) };
      }
      case 'window':
        return this.window(value);
      case 'bind':
        if (!hasWindow(value)) return { value, level: 0 };
        throw unsupported('looking at other rows in a function of the query', placeOf(value));
      default:
        return { value, level: 0 };
    }
  }

  private window(call: WindowCall): Lifted {
    const { args, restart } = splitRestart(call);
    const lifted = args.map((arg) =>
      hasWindow(arg) ? this.column(this.lift(arg)) : this.lift(arg),
    );
    const base: WindowCall = { ...call, args: lifted.map((arg) => arg.value), group: this.group };
    const level = highest(lifted);
    const restarted = restart === undefined ? undefined : this.restarts(call, restart);
    const group = restarted === undefined ? this.group : [...this.group, restarted.value];
    const above = Math.max(level, restarted?.level ?? 0);
    if (call.name !== 'row_rank_dense' && call.name !== 'row_rank_min') {
      return { value: { ...base, group }, level: above };
    }
    const change = this.column({ value: { ...base, name: 'change row', group }, level: above });
    const name = call.name === 'row_rank_dense' ? 'count so far' : 'max so far';
    return { value: { ...base, name, args: [change.value], group }, level: change.level };
  }

  /** How often the rows up to this one have restarted. */
  private restarts(call: WindowCall, condition: Expr): Lifted {
    const flag = this.column(this.lift(condition));
    const count: WindowCall = {
      ...call,
      name: 'true so far',
      type: 'long',
      args: [flag.value],
      group: this.group,
    };
    return this.column({ value: count, level: flag.level });
  }

  private column({ value, level }: Lifted): Lifted {
    while (this.layers.length <= level) this.layers.push([]);
    const field = this.context.hidden(value.type);
    this.layers[level]?.push({ field, value });
    return { value: fieldRef(field), level: level + 1 };
  }
}

function highest(parts: readonly Lifted[]): number {
  return Math.max(0, ...parts.map((part) => part.level));
}

/** The condition on which a function begins anew is its last argument. */
function splitRestart(call: WindowCall): { args: readonly Expr[]; restart: Expr | undefined } {
  if (call.name === 'prev' || call.name === 'next') return { args: call.args, restart: undefined };
  const [first, restart, ...more] = call.args;
  if (more.length > 0 || (restart !== undefined && restart.type !== 'bool')) {
    throw unsupported(`'${call.name}' with these arguments`, call.place);
  }
  return { args: first === undefined ? [] : [first], restart };
}

function placeOf(value: Expr): Place {
  let place: Place = { line: 1, column: 1 };
  someExpr(value, (part) => {
    if (part.kind === 'window') place = part.place;
    return part.kind === 'window';
  });
  return place;
}
