import type { KustoType } from '../core/table';
import type { Context, Scope } from './context';
import type { Assignment, Expr, Relation } from './ir';
import {
  explicitNames,
  givesSeveral,
  lowerValues,
  refuseUnknownName,
  widthOf,
} from './lower-columns';
import { fieldByName } from './lower-expression';
import { projectWindows } from './lower-window';
import { fieldRef, literalText } from './make-expression';
import { project, renewed } from './make-relation';
import { firstToken, slotItems, type SyntaxNode } from './syntax';

/** `project`: the columns that its items give. */
export function lowerProject(
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

/** `extend`: the input's columns, with new values or new columns. */
export function lowerExtend(
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
export function lowerSelection(
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

/** `project-rename`: the columns are matched by position. */
export function lowerRename(
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

/** `serialize`: lets functions look at other rows, and may extend them. */
export function lowerSerialize(
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

/** `getschema`: a row for each column. */
export function lowerGetSchema(context: Context, input: Relation): Relation {
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
