import type { KustoType } from '../core/table';
import type { Context, Scope } from './context';
import type { KqlError } from './errors';
import type { Field, Relation } from './ir';
import { lowerExpression } from './lower-expression';
import { PIVOT_AGGREGATES } from './pivot-aggregates';
import { endOf, firstToken, hasStar, slot, slotItems, type SyntaxNode } from './syntax';
import { rangeOf, UnknownColumns, type Pivoting } from './unknown-columns';

/**
 * `evaluate pivot(column, aggregate, kept…)`: a column for each value of a column. Which those are depends on
 * the data, so this always throws UnknownColumns, with what must be asked first.
 */
export function lowerPivot(
  context: Context,
  input: Relation,
  operator: SyntaxNode,
  scope: Scope,
): Relation {
  const pivoting = new PivotCall(context, input, operator, scope).read();
  throw new UnknownColumns(pivoting, rangeOf(operator, scope), context.place(operator, scope));
}

class PivotCall {
  constructor(
    private readonly context: Context,
    private readonly input: Relation,
    private readonly operator: SyntaxNode,
    private readonly scope: Scope,
  ) {}

  read(): Pivoting {
    const { input } = this;
    const args = slotItems(
      slot(slot(this.operator, 'FunctionCall'), 'ArgumentList'),
      'Expressions',
    );
    const [first, call, ...others] = args;
    const column = this.column(first);
    if (column.type !== 'string') {
      throw this.refuse(`'pivot' of a ${column.type}`, 'Convert it before with tostring(…).');
    }
    const { name, argument, type } = this.aggregate(call);
    const summed = argument === undefined ? undefined : this.field(argument);
    if (argument !== undefined && summed === undefined && others.length === 0) {
      const hint = 'Name the columns that stay after the aggregate.';
      throw this.refuse(`'pivot' with an aggregate of a calculation`, hint);
    }
    const kept =
      others.length > 0
        ? others.map((node) => this.column(node))
        : input.fields.filter((field) => field !== column && field !== summed);
    if (kept.includes(column) || new Set(kept).size < kept.length) throw this.refuse();
    const text =
      argument === undefined ? '' : this.context.text.slice(argument.start, endOf(argument));
    const declared = this.declared(kept, type);
    return { plugin: 'pivot', input, column, aggregate: { name, argument: text }, kept, declared };
  }

  /** The aggregate's name, its argument and the type of what it gives; `count()` when there is none. */
  private aggregate(call: SyntaxNode | undefined): {
    readonly name: string;
    readonly argument: SyntaxNode | undefined;
    readonly type: KustoType | undefined;
  } {
    if (call === undefined) return { name: 'count', argument: undefined, type: 'long' };
    if (call.kind !== 'FunctionCallExpression') throw this.refuse();
    const name = call.symbol?.name ?? firstToken(call);
    const args = slotItems(slot(call, 'ArgumentList'), 'Expressions');
    if (!Object.hasOwn(PIVOT_AGGREGATES, name) || args.length !== (name === 'count' ? 0 : 1)) {
      throw this.refuse(`'pivot' with this aggregate`);
    }
    return { name, argument: args[0], type: call.type };
  }

  /** The new columns of an output schema, which has those that stay first. */
  private declared(
    kept: readonly Field[],
    type: KustoType | undefined,
  ): readonly string[] | undefined {
    const schema = this.operator.slots.get('Schema');
    if (schema === undefined) return undefined;
    const columns = this.operator.columns ?? [];
    const staying = columns.slice(0, kept.length);
    const added = columns.slice(kept.length);
    const same = kept.every(
      (field, i) => staying[i]?.name === field.name && staying[i].type === field.type,
    );
    // Whether a star stands for the pivoted column too is not known.
    if (same && !hasStar(schema) && added.every((column) => column.type === type))
      return added.map(({ name }) => name);
    const hint = `Declare ${kept.map(({ name }) => name).join(', ')} first, then the new columns as ${type ?? 'dynamic'}.`;
    throw this.refuse(`'pivot' with this output schema`, hint);
  }

  private column(node: SyntaxNode | undefined): Field {
    const field = node && this.field(node);
    if (field === undefined) throw this.refuse();
    return field;
  }

  /** The input's column that an expression is, if it is one. */
  private field(node: SyntaxNode): Field | undefined {
    const value = lowerExpression(this.context, node, { ...this.scope, row: this.input.fields });
    return this.input.fields.find(({ id }) => value.kind === 'field' && value.id === id);
  }

  private refuse(what = `'pivot' like this`, hint?: string): KqlError {
    return this.context.unsupported(what, this.operator, this.scope, hint);
  }
}
