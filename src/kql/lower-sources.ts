import type { KustoType } from '../core/table';
import type { Context, Scope } from './context';
import type { Expr, Field, Literal, Relation } from './ir';
import { someExpr } from './ir';
import { sortedArrays } from './lower-calls';
import { convert, lowerExpression } from './lower-expression';
import { firstToken, slot, slotItems, type SyntaxNode } from './syntax';

/** `datatable (a:string, b:long) ["x", 1, …]` */
export function lowerDatatable(context: Context, node: SyntaxNode, scope: Scope): Relation {
  const fields = (node.columns ?? []).map((column) => context.field(column.name, column.type));
  const values = slotItems(node, 'Values');
  const place = context.place(node, scope);
  const rows: Expr[][] = [];
  for (
    let start = 0;
    start + fields.length <= values.length && fields.length > 0;
    start += fields.length
  ) {
    rows.push(
      fields.map((field, i) => {
        const value = lowerExpression(context, values[start + i] as SyntaxNode, scope);
        return datatableValue(value, field) ?? convert(value, field.type, place);
      }),
    );
  }
  return { kind: 'values', fields, rows };
}

/** A datatable takes a long where an int is declared, and most literals where a dynamic is. */
function datatableValue(value: Expr, field: Field): Expr | undefined {
  if (value.kind !== 'literal') return undefined;
  const whole = typeof value.value === 'bigint' ? value.value : undefined;
  if (field.type === 'int' && value.type === 'long' && whole !== undefined) {
    return whole >= -2_147_483_648n && whole <= 2_147_483_647n
      ? typed(value, 'int', whole)
      : undefined;
  }
  if (field.type === 'dynamic' && typeof value.value === 'string' && value.type === 'string') {
    return typed(value, 'dynamic', JSON.stringify(value.value));
  }
  if (field.type === 'dynamic' && (value.type === 'long' || value.type === 'bool')) {
    return typed(value, 'dynamic', value.value === null ? null : String(value.value));
  }
  return undefined;
}

function typed(value: Literal, type: KustoType, to: Literal['value']): Literal {
  return { ...value, type, value: to };
}

/** `print a = 1, "x"`: one row. */
export function lowerPrint(context: Context, node: SyntaxNode, scope: Scope): Relation {
  const columns = node.columns ?? [];
  const items = slotItems(node, 'Expressions');
  const lower = (part: SyntaxNode): Expr => lowerExpression(context, part, scope);
  const values = items.flatMap(
    (item) => sortedArrays(context, item, scope, lower) ?? [lower(namedValue(item))],
  );
  if (values.length !== columns.length) throw context.unsupported('this print', node, scope);
  const fields = values.map((value, i) => context.field(columns[i]?.name ?? '', value.type));
  return { kind: 'values', fields, rows: [values] };
}

/** The value of `name = value`, or the expression itself. */
export function namedValue(node: SyntaxNode): SyntaxNode {
  return node.kind === 'SimpleNamedExpression' ? slot(node, 'Expression') : node;
}

/** `range x from a to b step c`, of constants. */
export function lowerRange(context: Context, node: SyntaxNode, scope: Scope): Relation {
  const type = node.columns?.[0]?.type ?? 'long';
  const [from, to, step] = ['From', 'To', 'Step'].map((name) => {
    const value = lowerExpression(context, slot(node, name), scope);
    if (someExpr(value, (part) => !['literal', 'call', 'scalar'].includes(part.kind))) {
      throw context.unsupported('range over a value that is not constant', node, scope);
    }
    return value;
  }) as [Expr, Expr, Expr];
  const name = node.columns?.[0]?.name ?? firstToken(slot(node, 'Name'));
  return { kind: 'range', fields: [context.field(name, type)], from, to, step };
}
