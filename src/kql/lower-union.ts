import type { Column } from '../core/table';
import type { Context, Scope } from './context';
import type { Place } from './errors';
import type { Expr, Field, Relation } from './ir';
import { firstTable, isFuzzyUnion } from './fuzzy-union';
import { fieldByName } from './lower-expression';
import { fieldRef, literalNull, literalText, makeCall } from './make-expression';
import { wildcardPattern } from './pattern-text';
import { firstToken, namedParameters, slotItems, type SyntaxNode } from './syntax';

/** One of several sources whose rows come together. */
export interface Source {
  readonly relation: Relation;
  /** What `withsource` says of its rows; undefined when that is not known. */
  readonly name: string | undefined;
  /** A view that a wildcard stands for. */
  readonly byWildcard?: true;
}

/** `union`, at a pipeline's start (no input) or within one. Columns are matched by name and type. */
export function lowerUnion(
  context: Context,
  input: Relation | undefined,
  operator: SyntaxNode,
  scope: Scope,
): Relation {
  const parameters = namedParameters(operator);
  const withSource = parameters.get('withsource') ?? parameters.get('with_source');
  const isFuzzy = isFuzzyUnion(operator);
  const sources: Source[] =
    input === undefined ? [] : [{ relation: input, name: sourceName(input, 0, false) }];
  let isOneLeftOut = false;
  for (const node of slotItems(operator, 'Expressions')) {
    const found = lowerSources(context, node, sources.length, isFuzzy, scope);
    isOneLeftOut ||= found.length === 0;
    sources.push(...found);
  }
  if (sources.length === 0) {
    throw context.unsupported('a union of no table that is there', operator, scope);
  }
  const sourceColumn =
    withSource === undefined ? undefined : (withSource.symbol?.name ?? firstToken(withSource));
  const all = columnsOf(context, sources, operator, scope);
  const doubtful = otherwiseNamed(context, all, sources, operator, scope);
  const kind = parameters.get('kind');
  const isInner = kind !== undefined && firstToken(kind).toLowerCase() === 'inner';
  const columns = isInner ? commonColumns(context, all, sources, operator, scope) : all;
  if (sourceColumn !== undefined) {
    refuseUnknownSources(context, sources, { sourceColumn, isOneLeftOut }, operator, scope);
  }
  const fields = columns.map((column) => context.field(column.name, column.type));
  const place = context.place(operator, scope);
  const values = sources.map((source) =>
    fields.map((field) => {
      if (field.name === sourceColumn) return literalText(source.name ?? '');
      return valueFor(field, source.relation, doubtful, place);
    }),
  );
  const inputs = sources.map((source) => source.relation);
  refuseNumberedNames(context, inputs, operator, scope);
  return { kind: 'union', fields, inputs, values };
}

/** Refuses a column of the sources' names that is there already, or whose values are not known. */
function refuseUnknownSources(
  context: Context,
  sources: readonly Source[],
  { sourceColumn, isOneLeftOut }: { sourceColumn: string; isOneLeftOut: boolean },
  operator: SyntaxNode,
  scope: Scope,
): void {
  if (sources.some(({ relation }) => fieldByName(relation.fields, sourceColumn))) {
    const what = 'withsource of a name that is a column already';
    throw context.unsupported(what, operator, scope, 'Give it another name.');
  }
  // Whether a part that is left out counts in the numbers of the others is not known.
  const isNumbered = sources.some(({ name }) => name?.startsWith('union_arg') === true);
  if (isOneLeftOut && isNumbered) {
    const what = 'withsource of a part without a name beside a table that is not there';
    throw context.unsupported(what, operator, scope, 'Leave that table out of the union.');
  }
  if (sources.some(({ name }) => name === undefined)) {
    const what = 'withsource of a name that the query defines';
    throw context.unsupported(what, operator, scope, 'Name tables.');
  }
}

/** The binder's columns. It knows none of views that a wildcard stands for, which all must have the same. */
function columnsOf(
  context: Context,
  sources: readonly Source[],
  operator: SyntaxNode,
  scope: Scope,
): readonly Column[] {
  const columns = operator.columns ?? [];
  if (!sources.some(({ byWildcard }) => byWildcard)) return columns;
  const named = (name: string): boolean => columns.some((column) => column.name === name);
  const fields = sources.flatMap(({ relation }) => relation.fields);
  if (fields.every(({ name, type }) => named(name) || named(`${name}_${type}`))) return columns;
  const [first = [], ...others] = sources.map(({ relation }) =>
    relation.fields.map(({ name, type }) => ({ name, type })),
  );
  const same = JSON.stringify(first);
  if (columns.length === 0 && others.every((other) => JSON.stringify(other) === same)) return first;
  throw context.unsupported('a union of views by a wildcard', operator, scope, 'Name them.');
}

/**
 * The columns that the binder gives one type where the engine has two of them: it overlooks a third source of
 * another type than the first two.
 * A column that has another name altogether, as `covariance_x`, would be empty and is refused.
 */
export function otherwiseNamed(
  context: Context,
  columns: readonly Column[],
  sources: readonly Source[],
  operator: SyntaxNode,
  scope: Scope,
): ReadonlySet<string> {
  const found = new Set<string>();
  for (const field of sources.flatMap(({ relation }) => relation.fields)) {
    if (columns.some(({ name, type }) => type === field.type && isCalled(field, name))) continue;
    if (!columns.some(({ name }) => name === field.name)) {
      const what = `a union with the column '${field.name}'`;
      throw context.unsupported(what, operator, scope, 'Give it a name: x = covariance(…).');
    }
    found.add(field.name);
  }
  return found;
}

/**
 * The columns that all sources have, and the one that names the source: the binder gives those of any source.
 * https://learn.microsoft.com/en-us/kusto/query/union-operator
 */
function commonColumns(
  context: Context,
  columns: readonly Column[],
  sources: readonly Source[],
  operator: SyntaxNode,
  scope: Scope,
): readonly Column[] {
  const [first, ...others] = sources.map(({ relation }) => relation.fields);
  const shared = (first ?? []).filter(({ name }) =>
    others.every((fields) => fieldByName(fields, name) !== undefined),
  );
  const clash = shared.some(({ name, type }) =>
    others.some((fields) => fieldByName(fields, name)?.type !== type),
  );
  if (clash || shared.length === 0) {
    throw context.unsupported('an inner union without common columns of one type', operator, scope);
  }
  const isData = (name: string): boolean =>
    sources.some(({ relation }) => relation.fields.some((field) => isCalled(field, name)));
  return columns.filter(({ name }) => !isData(name) || fieldByName(shared, name) !== undefined);
}

/** Whether a union's column is this one, by its own name or by that of a clash. */
function isCalled({ name, type }: Field, column: string): boolean {
  return name === column || `${name}_${type}` === column;
}

/** `x_long` may be a column's own name or what Kusto calls a clashing `x`: it then numbers them. */
export function refuseNumberedNames(
  context: Context,
  inputs: readonly Relation[],
  operator: SyntaxNode,
  scope: Scope,
): void {
  const names = new Set(inputs.flatMap((input) => input.fields.map((field) => field.name)));
  const types = new Map<string, string>();
  for (const field of inputs.flatMap((input) => input.fields)) {
    const other = types.get(field.name);
    types.set(field.name, field.type);
    const clash = other !== undefined && other !== field.type;
    if (
      clash &&
      (names.has(`${field.name}_${field.type}`) || names.has(`${field.name}_${other}`))
    ) {
      throw context.unsupported(
        'a union of columns with clashing types and names',
        operator,
        scope,
        `Convert '${field.name}' to one type in each part first.`,
      );
    }
  }
}

/** The input's column of the same name and type; Kusto names clashing types apart (`x_long`, `x_string`). */
export function valueFor(
  field: Field,
  relation: Relation,
  doubtful: ReadonlySet<string>,
  place: Place,
): Expr {
  // Refused where it is used only, so that `union *` is of use without it.
  if (doubtful.has(field.name))
    return makeCall('column of two types', field.type, [literalText(field.name)], place);
  const same = relation.fields.find(
    (candidate) =>
      candidate.type === field.type &&
      (candidate.name === field.name || `${candidate.name}_${candidate.type}` === field.name),
  );
  return same === undefined ? literalNull(field.type) : fieldRef(same);
}

function lowerSources(
  context: Context,
  node: SyntaxNode,
  index: number,
  isFuzzy: boolean,
  scope: Scope,
): readonly Source[] {
  const outside = { ...scope, row: undefined };
  const pattern = wildcard(node);
  if (pattern !== undefined) return lowerWildcard(context, pattern, node, scope);
  const name = node.kind === 'NameReference' ? (node.symbol?.name ?? firstToken(node)) : undefined;
  const first = firstTable(node);
  const table = first && (first.symbol?.name ?? firstToken(first));
  const unknown =
    table !== undefined && !scope.names.has(table) && !Object.hasOwn(context.schema, table);
  // Kusto leaves out what a fuzzy union does not find.
  if (unknown && isFuzzy) return [];
  const isFunction = name !== undefined && scope.names.get(name)?.kind === 'function';
  const relation = context.relation(context, node, outside);
  const binding = name === undefined ? undefined : scope.names.get(name);
  if (binding?.kind === 'function' && binding.declaration.slots.has('ViewKeyword')) {
    return [{ relation, name }];
  }
  if (isFunction || node.kind === 'FunctionCallExpression') return [{ relation, name: undefined }];
  const isLet = name !== undefined && scope.names.get(name)?.kind === 'table';
  return [{ relation, name: sourceName(relation, index, isLet) }];
}

/**
 * A table has its own name, also where `let` gives it but another one; other sources are numbered, also
 * those that `let` names. What a function or `let` of a whole table in brackets stands for is not known.
 * Measured on the real engine: tests/test_union.py of mmaitre314/duckdb-kql.
 */
export function sourceName(
  relation: Relation,
  index: number,
  isLet: boolean,
  operator = 'union',
): string | undefined {
  const numbered = `${operator}_arg${index}`;
  if (relation.kind === 'table') return relation.table;
  if (relation.kind !== 'shared') return isLet ? undefined : numbered;
  const { named, alias } = relation.share;
  if (alias !== undefined || (named !== undefined && !isLet)) {
    return operator === 'union' ? (alias ?? named) : undefined;
  }
  return isLet && unshared(relation).kind !== 'table' ? numbered : undefined;
}

/** What names of names stand for in the end. */
function unshared(relation: Relation): Relation {
  return relation.kind === 'shared' ? unshared(relation.share.relation) : relation;
}

function wildcard(node: SyntaxNode): string | undefined {
  if (node.kind === 'StarExpression') return '*';
  const name = node.slots.get('Name');
  return node.kind === 'NameReference' && name?.kind === 'WildcardedName'
    ? firstToken(node)
    : undefined;
}

/** The views that a query defines, whose names fit. */
export function viewsOf(
  context: Context,
  node: SyntaxNode,
  scope: Scope,
  fits = /^/,
): readonly Source[] {
  return [...scope.names].flatMap(([name, binding]): Source[] => {
    if (binding.kind !== 'function' || !fits.test(name)) return [];
    if (!binding.declaration.slots.has('ViewKeyword')) return [];
    const call: SyntaxNode = {
      ...node,
      kind: 'NameReference',
      symbol: { kind: 'FunctionSymbol', name },
      slots: new Map(),
    };
    const relation = context.userCall(context, call, { ...scope, row: undefined });
    return 'fields' in relation ? [{ relation, name }] : [];
  });
}

/** Every table of the schema whose name fits, in order of name, and the views that do. */
function lowerWildcard(
  context: Context,
  pattern: string,
  node: SyntaxNode,
  scope: Scope,
): readonly Source[] {
  const fits = wildcardPattern(pattern);
  const tables = Object.keys(context.schema)
    .filter((table) => fits.test(table))
    .sort()
    .map((table): Source => {
      const columns = context.schema[table] ?? [];
      context.tables.add(table);
      const relation: Relation = {
        kind: 'table',
        table,
        columns: columns.map((column) => column.name),
        fields: columns.map((column) => context.field(column.name, column.type)),
      };
      return { relation, name: table };
    });
  const views = viewsOf(context, node, scope, fits);
  return [...tables, ...views.map((view) => ({ ...view, byWildcard: true as const }))];
}
