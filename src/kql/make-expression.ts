import type { KustoType } from '../core/table';
import type { Place } from './errors';
import type { Aggregate, Call, Expr, Field, Literal } from './ir';

/** The value that a field has in a row. */
export function fieldRef(field: Field): Expr {
  return { kind: 'field', type: field.type, id: field.id };
}

/** A call of the function or operator of that Kusto name, or of one that only lowering writes. */
export function makeCall(name: string, type: KustoType, args: readonly Expr[], place: Place): Call {
  return { kind: 'call', type, name, args, place };
}

/** An aggregate without a condition or constants, whose value becomes a field. */
export function makeAggregate(
  name: string,
  field: Field,
  args: readonly Expr[],
  place: Place,
): Aggregate {
  return { name, fields: [field], args, filter: undefined, parameter: undefined, place };
}

/** A constant text. */
export function literalText(value: string): Literal {
  return { kind: 'literal', type: 'string', value };
}

/** A constant whole number, which must be a safe integer. */
export function literalLong(value: number): Literal {
  return { kind: 'literal', type: 'long', value: BigInt(value) };
}

/** The null of a type; of a string, which has none, the empty text. */
export function literalNull(type: KustoType): Literal {
  return { kind: 'literal', type, value: null };
}
