import type { Context, Scope } from './context';
import type { Expr, Field, Relation } from './ir';
import { fieldRef } from './lower-expression';
import { firstToken, namedParameters, slotItems, type SyntaxNode } from './syntax';

interface Source {
  readonly relation: Relation;
  /** What `withsource` says of its rows. */
  readonly name: string;
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
  const fuzzy = parameters.get('isfuzzy');
  const isFuzzy = fuzzy !== undefined && firstToken(fuzzy).toLowerCase() === 'true';
  const sources: Source[] = input === undefined ? [] : [{ relation: input, name: 'union_arg0' }];
  for (const node of slotItems(operator, 'Expressions')) {
    sources.push(...lowerSources(context, node, sources.length, isFuzzy, scope));
  }
  const columns = operator.columns ?? [];
  const sourceName =
    withSource === undefined ? undefined : (withSource.symbol?.name ?? firstToken(withSource));
  const fields = columns.map((column) => context.field(column.name, column.type));
  const values = sources.map((source) =>
    fields.map((field) =>
      field.name === sourceName ? text(source.name) : valueFor(field, source.relation),
    ),
  );
  const inputs = sources.map((source) => source.relation);
  return { kind: 'union', fields, inputs, values };
}

function text(value: string): Expr {
  return { kind: 'literal', type: 'string', value };
}

/** The input's column of the same name and type; Kusto names clashing types apart (`x_long`, `x_string`). */
function valueFor(field: Field, relation: Relation): Expr {
  const same = relation.fields.find(
    (candidate) =>
      candidate.type === field.type &&
      (candidate.name === field.name || `${candidate.name}_${candidate.type}` === field.name),
  );
  return same === undefined ? { kind: 'literal', type: field.type, value: null } : fieldRef(same);
}

function lowerSources(
  context: Context,
  node: SyntaxNode,
  index: number,
  isFuzzy: boolean,
  scope: Scope,
): Source[] {
  const outside = { ...scope, row: undefined };
  const pattern = wildcard(node);
  if (pattern !== undefined) return lowerWildcard(context, pattern);
  const name = node.kind === 'NameReference' ? (node.symbol?.name ?? firstToken(node)) : undefined;
  const unknown =
    name !== undefined && !scope.names.has(name) && !Object.hasOwn(context.schema, name);
  // Kusto leaves out what a fuzzy union does not find.
  if (unknown && isFuzzy) return [];
  const relation = context.relation(context, node, outside);
  return [{ relation, name: relation.kind === 'table' ? relation.table : `union_arg${index}` }];
}

function wildcard(node: SyntaxNode): string | undefined {
  if (node.kind === 'StarExpression') return '*';
  const name = node.slots.get('Name');
  return node.kind === 'NameReference' && name?.kind === 'WildcardedName'
    ? firstToken(node)
    : undefined;
}

/** Every table of the schema whose name fits, in order of name. */
function lowerWildcard(context: Context, pattern: string): Source[] {
  const parts = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const fits = new RegExp(`^${parts.join('.*')}$`);
  return Object.keys(context.schema)
    .filter((table) => fits.test(table))
    .sort()
    .map((table) => {
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
}
