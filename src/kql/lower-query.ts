import type { Instant } from '../core/period';
import type { Column } from '../core/table';
import { Context, type Binding, type Scope } from './context';
import type { Relation, Share } from './ir';
import { lowerOperator } from './lower-operators';
import { lowerSearch } from './lower-search';
import { lowerDatatable, lowerPrint, lowerRange } from './lower-sources';
import { lowerStatements, lowerUserCall, share } from './lower-statements';
import { lowerUnion } from './lower-union';
import { whyRefused } from './refused';
import type { Schema } from './schema';
import { firstToken, slot, slotItems, type SyntaxNode } from './syntax';

/** A whole query, lowered. */
export interface LoweredQuery {
  readonly relation: Relation;
  readonly columns: readonly Column[];
  readonly tables: readonly string[];
  readonly approximate: boolean;
}

/** Lowers a bound query without diagnostics. Throws KqlError KQL_UNSUPPORTED for what is not known. */
export function lowerQuery(
  text: string,
  root: SyntaxNode,
  schema: Schema,
  now: Instant,
): LoweredQuery {
  const context = new Context(text, schema, now, lowerRelation, lowerUserCall, lowerOperator);
  const nowhere: Scope = { names: new Map(), row: undefined };
  const { expression, scope } = lowerStatements(context, root, nowhere, []);
  const relation = lowerRelation(context, expression, scope);
  return {
    relation,
    columns: relation.fields.map(({ name, type }) => ({ name, type })),
    tables: [...context.tables].sort(),
    approximate: context.approximate,
  };
}

/** Lowers a tabular expression. */
function lowerRelation(context: Context, node: SyntaxNode, scope: Scope): Relation {
  context.count(node, scope);
  switch (node.kind) {
    case 'PipeExpression': {
      const input = lowerRelation(context, slot(node, 'Expression'), scope);
      return lowerPipe(context, input, slot(node, 'Operator'), scope);
    }
    case 'ParenthesizedExpression':
    case 'MaterializeExpression':
      return lowerRelation(context, slot(node, 'Expression'), scope);
    case 'NameReference':
      return lowerTable(context, node, scope);
    case 'FunctionCallExpression':
      return lowerTableFunction(context, node, scope);
    case 'DataTableExpression':
      return lowerDatatable(context, node, scope);
    case 'PrintOperator':
      return lowerPrint(context, node, scope);
    case 'RangeOperator':
      return lowerRange(context, node, scope);
    case 'SearchOperator':
      return lowerSearch(context, undefined, node, scope);
    case 'UnionOperator':
      return lowerUnion(context, undefined, node, scope);
    default:
      throw context.unsupported(`'${firstToken(node)}'`, node, scope, whyRefused(firstToken(node)));
  }
}

/** `| as Name` names what stands before it for the rest of the pipeline. */
function lowerPipe(
  context: Context,
  input: Relation,
  operator: SyntaxNode,
  scope: Scope,
): Relation {
  if (operator.kind === 'UnionOperator') return lowerUnion(context, input, operator, scope);
  if (operator.kind === 'InvokeOperator') return lowerInvoke(context, input, operator, scope);
  if (operator.kind !== 'AsOperator') return lowerOperator(context, input, operator, scope);
  const name = slot(operator, 'Name').symbol?.name ?? firstToken(slot(operator, 'Name'));
  const binding: Binding = { kind: 'table', share: { ...share(input), named: name } };
  // The names of a statement belong to this query alone, so that naming the rows here is safe.
  (scope.names as Map<string, Binding>).set(name, binding);
  return useShare(context, binding.share);
}

/** `| invoke f(…)`: the function's first argument is what stands before it. */
function lowerInvoke(
  context: Context,
  input: Relation,
  operator: SyntaxNode,
  scope: Scope,
): Relation {
  const call = slot(operator, 'Function');
  const name = call.symbol?.name ?? firstToken(call);
  if (scope.names.get(name)?.kind !== 'function') {
    throw context.unsupported(`'${name}'`, operator, scope);
  }
  const result = lowerUserCall(context, call, scope, input);
  if ('fields' in result) return result;
  throw context.unsupported(`the value of '${name}' here`, operator, scope);
}

/** One use of rows that a name stands for, under ids of its own. */
function useShare(context: Context, shared: Share): Relation {
  shared.uses += 1;
  const fields = shared.relation.fields.map((field) => context.field(field.name, field.type));
  return { kind: 'shared', share: shared, fields };
}

function lowerTable(context: Context, node: SyntaxNode, scope: Scope): Relation {
  const name = node.symbol?.name ?? firstToken(node);
  const binding = scope.names.get(name);
  if (binding?.kind === 'table') return useShare(context, binding.share);
  if (binding?.kind === 'function') return lowerTableFunction(context, node, scope);
  const columns = Object.hasOwn(context.schema, name) ? context.schema[name] : undefined;
  if (columns === undefined || node.symbol?.kind !== 'TableSymbol') {
    throw context.unsupported(`the table '${name}' here`, node, scope);
  }
  context.tables.add(name);
  return {
    kind: 'table',
    table: name,
    columns: columns.map((column) => column.name),
    fields: columns.map((column) => context.field(column.name, column.type)),
  };
}

function lowerTableFunction(context: Context, node: SyntaxNode, scope: Scope): Relation {
  const name = node.symbol?.name ?? firstToken(node);
  if (name === 'materialize') {
    const argument = slotItems(slot(node, 'ArgumentList'), 'Expressions')[0];
    if (argument !== undefined) return lowerRelation(context, argument, scope);
  }
  if (scope.names.get(name)?.kind !== 'function') {
    throw context.unsupported(`'${name}'`, node, scope);
  }
  const result = lowerUserCall(context, node, scope);
  if (!('fields' in result)) throw context.unsupported(`the value of '${name}' here`, node, scope);
  return result;
}
