import type { KustoType } from '../core/table';
import type { Context } from './context';
import type { Place } from './errors';
import type { Carried, Expr, Field, Literal } from './ir';
import { fieldRef, literalLong, literalNull, makeCall } from './make-expression';

/** An expression of a step, which sees the row and the states of steps by their names. */
type StateExpression = (states: ReadonlyMap<string, readonly Field[]>) => Expr;

/** A step of `scan`. */
export interface ScanStep {
  readonly name: string;
  readonly condition: StateExpression;
  /** The declared columns that a match assigns. */
  readonly assigned: ReadonlyMap<string, StateExpression>;
  /** The columns of this step's rows that some step asks for; the initial value is that of no row. */
  readonly columns: readonly { readonly field: Field; readonly initial: Literal }[];
  readonly isOutput: boolean;
}

/** What is carried from row to row, and what each step that gives rows out gives. */
export interface StepStates {
  readonly carried: readonly Carried[];
  readonly outputs: readonly {
    readonly matched: Carried;
    /** The declared columns that the step assigns. */
    readonly values: ReadonlyMap<string, Expr>;
    /** The number of the sequence. */
    readonly id: Expr;
  }[];
}

/** A step's state: whether a sequence is in it, that sequence's number, and a row of each step up to it. */
interface State {
  readonly active: Field;
  readonly id: Field;
  readonly rows: readonly (readonly Field[])[];
}

const NO: Literal = { kind: 'literal', type: 'bool', value: false };
const YES: Literal = { kind: 'literal', type: 'bool', value: true };

/**
 * The logic of `scan`, by its documentation. A row meets the steps from the last to the first. First check:
 * the step before has a sequence and the row fits: the sequence moves on to this step. Second check: this step
 * has a sequence, or is the first, and the row fits: the row takes this step's place in it.
 */
export function stepStates(context: Context, steps: readonly ScanStep[], place: Place): StepStates {
  return new States(context, steps, place).all();
}

class States {
  private readonly states: readonly State[];
  private readonly carried: Carried[] = [];
  /** How many sequences have begun. */
  private readonly begun: Field;

  constructor(
    private readonly context: Context,
    private readonly steps: readonly ScanStep[],
    private readonly place: Place,
  ) {
    this.begun = context.field('begun', 'long');
    this.states = steps.map((_, k) => ({
      active: context.field('active', 'bool'),
      id: context.field('id', 'long'),
      rows: steps
        .slice(0, k + 1)
        .map(({ columns }) => columns.map(({ field }) => context.field(field.name, field.type))),
    }));
  }

  all(): StepStates {
    const outputs = this.steps.map((_, k) => this.step(k));
    const begins = this.and(this.fits(0, 'second'), this.not(this.activeNow(0)));
    const next = this.iff(
      begins,
      makeCall('+', 'long', [fieldRef(this.begun), literalLong(1)], this.place),
      fieldRef(this.begun),
    );
    this.carry(this.begun, literalLong(0), next);
    return {
      carried: this.carried,
      outputs: outputs.filter((_, k) => this.steps[k]?.isOutput === true),
    };
  }

  private step(k: number): StepStates['outputs'][number] {
    const [first, second] = [this.fits(k, 'first'), this.fits(k, 'second')];
    const step = this.at(this.steps, k);
    const state = this.at(this.states, k);
    const before = this.states[k - 1];
    const matched = this.carry(this.context.field('matched', 'bool'), NO, this.or(first, second));
    this.carry(state.active, NO, this.or(matched.next, this.activeNow(k)));
    const begun =
      k === 0
        ? this.iff(this.activeNow(0), fieldRef(state.id), fieldRef(this.begun))
        : fieldRef(state.id);
    const moved = before === undefined ? begun : this.iff(first, fieldRef(before.id), begun);
    const id = this.carry(
      state.id,
      literalLong(0),
      this.iff(matched.next, moved, fieldRef(state.id)),
    );
    state.rows.slice(0, k).forEach((row, j) => {
      row.forEach((field, c) => {
        const { initial } = this.at(this.at(this.steps, j).columns, c);
        const from = this.at(this.at(this.at(this.states, k - 1).rows, j), c);
        const stays = this.now(k, field, initial);
        this.carry(field, initial, this.iff(first, fieldRef(from), stays));
      });
    });
    step.columns.forEach((column, c) => {
      const field = this.at(this.at(state.rows, k), c);
      const value = this.assigned(k, column.field.name) ?? fieldRef(column.field);
      this.carry(
        field,
        column.initial,
        this.iff(matched.next, value, this.now(k, field, column.initial)),
      );
    });
    const values = [...step.assigned.keys()].map((name): [string, Expr] => {
      const value = this.assigned(k, name);
      if (value === undefined) throw new TypeError(`${name} is not assigned`);
      const field = this.context.field(name, value.type);
      return [name, fieldRef(this.carry(field, literalNull(value.type), value).field)];
    });
    return { matched, values: new Map(values), id: fieldRef(id.field) };
  }

  /** Whether a row fits a step by the first or, when not by the first, by the second check. */
  private fits(k: number, check: 'first' | 'second'): Expr {
    const before = this.states[k - 1];
    if (check === 'first') {
      if (before === undefined) return NO;
      return this.and(fieldRef(before.active), this.holds(k, 'first'));
    }
    const open = k === 0 ? YES : this.activeNow(k);
    return this.and(this.not(this.fits(k, 'first')), this.and(open, this.holds(k, 'second')));
  }

  /** A step's condition, where null is no. */
  private holds(k: number, check: 'first' | 'second'): Expr {
    return this.iff(this.seen(k, check, this.at(this.steps, k).condition), YES, NO);
  }

  private assigned(k: number, name: string): Expr | undefined {
    const expression = this.at(this.steps, k).assigned.get(name);
    if (expression === undefined) return undefined;
    const [first, second] = (['first', 'second'] as const).map((check) =>
      this.seen(k, check, expression),
    ) as [Expr, Expr];
    return k === 0 ? second : this.iff(this.fits(k, 'first'), first, second);
  }

  /** An expression of a step with the rows in the states filled in: the state before's, or this step's as it is now. */
  private seen(k: number, check: 'first' | 'second', expression: StateExpression): Expr {
    const state = this.states[check === 'first' ? k - 1 : k];
    const known = state?.rows.length ?? 0;
    const values = new Map<number, Expr>();
    const states = this.steps.map(({ name, columns }, j) => {
      const fields = columns.map(({ field, initial }, c) => {
        const stand = this.context.field(field.name, field.type);
        const row = j < known ? state?.rows[j]?.[c] : undefined;
        const value =
          row === undefined
            ? initial
            : check === 'first'
              ? fieldRef(row)
              : this.now(k, row, initial);
        values.set(stand.id, value);
        return stand;
      });
      return [name, fields] as const;
    });
    return replaceFields(expression(new Map(states)), values);
  }

  /** Whether a step still has a sequence, which the step after it may just have taken. */
  private activeNow(k: number): Expr {
    return this.and(fieldRef(this.at(this.states, k).active), this.not(this.taken(k)));
  }

  /** A value of a step's state, unless the step after it has just taken the sequence. */
  private now(k: number, field: Field, initial: Literal): Expr {
    return this.iff(this.taken(k), initial, fieldRef(field));
  }

  private taken(k: number): Expr {
    return k + 1 < this.steps.length ? this.fits(k + 1, 'first') : NO;
  }

  private carry(before: Field, initial: Literal, next: Expr): Carried {
    const field = this.context.field(before.name, before.type);
    const carried: Carried = { field, before, initial, next, place: this.place };
    this.carried.push(carried);
    return carried;
  }

  private at<T>(list: readonly T[], index: number): T {
    const item = list[index];
    if (item === undefined) throw new TypeError(`no item ${index}`);
    return item;
  }

  private iff(condition: Expr, yes: Expr, no: Expr): Expr {
    if (condition === NO) return no;
    if (condition === YES) return yes;
    return makeCall('iff', typeOf(yes, no), [condition, yes, no], this.place);
  }

  private and(a: Expr, b: Expr): Expr {
    if (a === NO || b === NO) return NO;
    if (a === YES) return b;
    return b === YES ? a : makeCall('and', 'bool', [a, b], this.place);
  }

  private or(a: Expr, b: Expr): Expr {
    if (a === NO) return b;
    return b === NO ? a : makeCall('or', 'bool', [a, b], this.place);
  }

  private not(a: Expr): Expr {
    if (a === NO) return YES;
    return a === YES ? NO : makeCall('not', 'bool', [a], this.place);
  }
}

function typeOf(a: Expr, b: Expr): KustoType {
  return a.kind === 'literal' && a.value === null ? b.type : a.type;
}

function replaceFields(expr: Expr, values: ReadonlyMap<number, Expr>): Expr {
  switch (expr.kind) {
    case 'field':
      return values.get(expr.id) ?? expr;
    case 'call':
      return { ...expr, args: expr.args.map((arg) => replaceFields(arg, values)) };
    case 'bind':
      return {
        ...expr,
        value: replaceFields(expr.value, values),
        body: replaceFields(expr.body, values),
      };
    default:
      return expr;
  }
}
