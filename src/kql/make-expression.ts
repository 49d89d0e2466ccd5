import type { KustoType } from '../core/table';
import type { Place } from './errors';
import type { Call, Expr, Field } from './ir';

export function fieldRef(field: Field): Expr {
  return { kind: 'field', type: field.type, id: field.id };
}

export function makeCall(name: string, type: KustoType, args: readonly Expr[], place: Place): Call {
  return { kind: 'call', type, name, args, place };
}
