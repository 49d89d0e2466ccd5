import type { Instant } from '../core/period';
import type { Column } from '../core/table';
import { Context, unsupported, type Binding, type Names, type Scope } from './context';
import type { Expr, Relation, Share } from './ir';
import { exprSize, someExpr } from './ir';
import { convert, INLINE_SIZE, lowerExpression } from './lower-expression';
import { lowerOperator } from './lower-operators';
import { lowerSearch } from './lower-search';
import { lowerUnion } from './lower-union';
import { lowerDatatable, lowerPrint, lowerRange } from './lower-sources';
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

/**
 * Takes in the `let`s of a query or a function's body, and gives what is to be answered. Large values that depend
 * on the row for which a function is called are added to `binds`.
 */
function lowerStatements(
  context: Context,
  block: SyntaxNode,
  outer: Scope,
  binds: Bound[],
): { expression: SyntaxNode; scope: Scope } {
  const names = new Map(outer.names);
  const scope: Scope = { ...outer, names };
  let expression = block.slots.get('Expression');
  for (const statement of slotItems(block, 'Statements')) {
    if (statement.kind === 'LetStatement') {
      const name = slot(statement, 'Name');
      const value = slot(statement, 'Expression');
      const binding = lowerLet(context, value, { ...scope, names: new Map(names) }, binds);
      names.set(name.symbol?.name ?? firstToken(name), binding);
    } else if (statement.kind === 'ExpressionStatement') {
      if (expression !== undefined) {
        throw context.unsupported('a query of several answers', statement, scope);
      }
      expression = slot(statement, 'Expression');
    } else if (statement.kind === 'SetOptionStatement') {
      lowerOption(context, statement, scope);
    } else {
      const word = firstToken(statement);
      throw context.unsupported(`'${word}'`, statement, scope, whyRefused(word));
    }
  }
  if (expression === undefined)
    throw unsupported('a query without an answer', context.place(block, scope));
  return { expression, scope };
}

/** `set name=value`; all others ask the real engine for something else than an answer. */
function lowerOption(context: Context, statement: SyntaxNode, scope: Scope): void {
  const name = firstToken(slot(statement, 'Name'));
  const clause = statement.slots.get('ValueClause');
  if (!['query_bin_auto_size', 'query_bin_auto_at'].includes(name) || clause === undefined) {
    throw context.unsupported(`'set ${name}'`, statement, scope, whyRefused('set'));
  }
  context.options.set(name, lowerExpression(context, slot(clause, 'Expression'), scope));
}

function lowerLet(context: Context, value: SyntaxNode, scope: Scope, binds: Bound[]): Binding {
  if (value.kind === 'FunctionDeclaration') {
    return { kind: 'function', declaration: value, names: scope.names };
  }
  if (isTabular(value)) {
    const relation = lowerRelation(context, value, scope);
    const alias = value.kind === 'NameReference' ? tableNamed(relation) : undefined;
    return { kind: 'table', share: { ...share(relation), ...(alias && { alias }) } };
  }
  const lowered = lowerExpression(context, value, scope);
  const once = dependsOnRow(lowered)
    ? bindOnce(context, lowered, binds)
    : evaluateOnce(context, lowered);
  return { kind: 'scalar', value: once };
}

/** Whether a value is another for each row: a query of its own would see none. */
function dependsOnRow(value: Expr): boolean {
  return someExpr(value, ({ kind }) => kind === 'field' || kind === 'bound' || kind === 'window');
}

/** The table that a name alone stands for. */
function tableNamed(relation: Relation): string | undefined {
  if (relation.kind === 'table') return relation.table;
  return relation.kind === 'shared' ? relation.share.alias : undefined;
}

function isTabular(node: SyntaxNode): boolean {
  return node.columns !== undefined && node.type === undefined;
}

function share(relation: Relation): Share {
  return { relation, uses: 0 };
}

/** A large constant becomes a query of its own, so that using it many times costs nothing. */
function evaluateOnce(context: Context, value: Expr): Expr {
  if (exprSize(value) <= INLINE_SIZE) return value;
  const field = context.field('value', value.type);
  const query: Relation = { kind: 'values', fields: [field], rows: [[value]] };
  return { kind: 'scalar', rows: 'first', type: value.type, query };
}

/** Lowers a tabular expression. */
export function lowerRelation(context: Context, node: SyntaxNode, scope: Scope): Relation {
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

/** Lowers a call of a function that the query defines, by lowering its body with the arguments in place. */
function lowerUserCall(
  context: Context,
  node: SyntaxNode,
  scope: Scope,
  piped?: Relation,
): Expr | Relation {
  const name = node.symbol?.name ?? firstToken(node);
  const binding = scope.names.get(name);
  if (binding?.kind !== 'function') throw context.unsupported(`'${name}'`, node, scope);
  const place = context.place(node, scope);
  const { names, binds } = bindArguments(
    context,
    node,
    binding.declaration,
    binding.names,
    scope,
    piped,
  );
  const body = node.body?.() ?? slot(binding.declaration, 'Body');
  const inside: Scope = { names, row: undefined, calledAt: place };
  const { expression, scope: bodyScope } = lowerStatements(context, body, inside, binds);
  if (isTabular(expression)) {
    if (binds.length > 0)
      throw context.unsupported(`a computed argument of '${name}'`, node, scope);
    return lowerRelation(context, expression, bodyScope);
  }
  const result = lowerExpression(context, expression, bodyScope);
  return binds.reduceRight<Expr>(
    (value, bind) => ({
      kind: 'bind',
      type: value.type,
      id: bind.id,
      value: bind.value,
      body: value,
    }),
    result,
  );
}

interface Bound {
  readonly id: number;
  readonly value: Expr;
}

function bindArguments(
  context: Context,
  call: SyntaxNode,
  declaration: SyntaxNode,
  outer: Names,
  scope: Scope,
  piped: Relation | undefined,
): { names: Map<string, Binding>; binds: Bound[] } {
  const names = new Map(outer);
  const binds: Bound[] = [];
  const list = call.slots.get('ArgumentList');
  const given = list === undefined ? [] : slotItems(list, 'Expressions');
  const parameters = slotItems(slot(declaration, 'Parameters'), 'Parameters');
  parameters.forEach((parameter, index) => {
    const nameAndType = slot(parameter, 'NameAndType');
    const name = slot(nameAndType, 'Name').symbol?.name ?? firstToken(slot(nameAndType, 'Name'));
    if (index === 0 && piped !== undefined) {
      names.set(name, { kind: 'table', share: share(piped) });
      return;
    }
    const i = piped === undefined ? index : index - 1;
    const argument =
      argumentFor(name, i, given) ?? parameter.slots.get('DefaultValue')?.slots.get('Value');
    if (argument === undefined) throw context.unsupported(`'${name}' left out`, call, scope);
    if (isTabular(argument)) {
      names.set(name, { kind: 'table', share: share(lowerRelation(context, argument, scope)) });
      return;
    }
    const type = slot(nameAndType, 'Name').type;
    const lowered = lowerExpression(context, argument, scope);
    const value = type === undefined ? lowered : convert(lowered, type, context.place(call, scope));
    names.set(name, { kind: 'scalar', value: bindOnce(context, value, binds) });
  });
  return { names, binds };
}

function argumentFor(
  name: string,
  index: number,
  given: readonly SyntaxNode[],
): SyntaxNode | undefined {
  const named = given.find(
    (argument) =>
      argument.kind === 'SimpleNamedExpression' && firstToken(slot(argument, 'Name')) === name,
  );
  if (named !== undefined) return slot(named, 'Expression');
  const byPosition = given[index];
  return byPosition?.kind === 'SimpleNamedExpression' ? undefined : byPosition;
}

function bindOnce(context: Context, value: Expr, binds: Bound[]): Expr {
  if (exprSize(value) <= INLINE_SIZE) return value;
  const id = context.id();
  binds.push({ id, value });
  return { kind: 'bound', type: value.type, id };
}
