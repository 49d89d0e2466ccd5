import { unsupported, type Binding, type Context, type Names, type Scope } from './context';
import { exprSize, someExpr, type Expr, type Relation, type Share } from './ir';
import { convert, INLINE_SIZE, lowerExpression } from './lower-expression';
import { whyRefused } from './refused';
import { firstToken, slot, slotItems, type SyntaxNode } from './syntax';

/** A value that is evaluated once for a row, and its id. */
interface Bound {
  readonly id: number;
  readonly value: Expr;
}

/**
 * Takes in the `let`s of a query or a function's body, and gives what is to be answered. Large values that depend
 * on the row for which a function is called are added to `binds`.
 */
export function lowerStatements(
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
    const relation = context.relation(context, value, scope);
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

/** Whether a node gives rows rather than a value. */
function isTabular(node: SyntaxNode): boolean {
  return node.columns !== undefined && node.type === undefined;
}

/** Rows that a name stands for, and that nobody uses yet. */
export function share(relation: Relation): Share {
  return { relation, uses: 0 };
}

/** A large constant becomes a query of its own, so that using it many times costs nothing. */
function evaluateOnce(context: Context, value: Expr): Expr {
  if (exprSize(value) <= INLINE_SIZE) return value;
  const field = context.field('value', value.type);
  const query: Relation = { kind: 'values', fields: [field], rows: [[value]] };
  return { kind: 'scalar', rows: 'first', type: value.type, query };
}

/** Lowers a call of a function that the query defines, by lowering its body with the arguments in place. */
export function lowerUserCall(
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
    return context.relation(context, expression, bodyScope);
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

/** What the names of a function's parameters stand for in one call of it. */
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
      names.set(name, { kind: 'table', share: share(context.relation(context, argument, scope)) });
      return;
    }
    const type = slot(nameAndType, 'Name').type;
    const lowered = lowerExpression(context, argument, scope);
    const value = type === undefined ? lowered : convert(lowered, type, context.place(call, scope));
    names.set(name, { kind: 'scalar', value: bindOnce(context, value, binds) });
  });
  return { names, binds };
}

/** The argument given for a parameter by its name, or else by its place. */
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

/** A large value is evaluated once for each row, under an id that is added to `binds`. */
function bindOnce(context: Context, value: Expr, binds: Bound[]): Expr {
  if (exprSize(value) <= INLINE_SIZE) return value;
  const id = context.id();
  binds.push({ id, value });
  return { kind: 'bound', type: value.type, id };
}
