import type { Context, Scope } from './context';
import type { Expr, Relation } from './ir';
import { anyColumn } from './lower-any-column';
import { lowerExpression } from './lower-expression';
import { literalText, makeCall } from './make-expression';
import { readLiteral } from './literals';
import {
  otherwiseNamed,
  refuseNumberedNames,
  sourceName,
  valueFor,
  viewsOf,
  type Source,
} from './lower-union';
import { firstToken, namedParameters, slot, slotItems, type SyntaxNode } from './syntax';

/** `search`: the rows of a pipeline, or of the named tables, in any of whose columns the terms are. */
export function lowerSearch(
  context: Context,
  input: Relation | undefined,
  operator: SyntaxNode,
  scope: Scope,
): Relation {
  const sources = lowerSearched(context, input, operator, scope);
  const [sourceColumn, ...columns] = operator.columns ?? [];
  if (sourceColumn?.name !== '$table') throw context.unsupported('these columns', operator, scope);
  refuseNumberedNames(
    context,
    sources.map(({ relation }) => relation),
    operator,
    scope,
  );
  const source = context.field(sourceColumn.name, 'string');
  const fields = [source, ...columns.map(({ name, type }) => context.field(name, type))];
  const doubtful = otherwiseNamed(context, columns, sources, operator, scope);
  const place = context.place(operator, scope);
  const values = sources.map(({ relation, name }) =>
    fields.map((field): Expr =>
      field === source ? literalText(name ?? '') : valueFor(field, relation, doubtful, place),
    ),
  );
  const all: Relation = {
    kind: 'union',
    fields,
    inputs: sources.map(({ relation }) => relation),
    values,
  };
  const kind = namedParameters(operator).get('kind');
  const written = kind === undefined ? 'default' : firstToken(kind).toLowerCase();
  if (!['default', 'case_insensitive', 'case_sensitive'].includes(written)) {
    throw context.unsupported('search of this kind', operator, scope);
  }
  // The name of the table is not searched.
  const inside = { ...scope, row: fields.slice(1) };
  const search = new Search(context, { ...inside }, written === 'case_sensitive' ? '_cs' : '');
  const condition = search.predicate(slot(operator, 'Condition'));
  return { kind: 'filter', fields, input: all, condition };
}

function lowerSearched(
  context: Context,
  input: Relation | undefined,
  operator: SyntaxNode,
  scope: Scope,
): readonly Source[] {
  const clause = operator.slots.get('InClause');
  if (input === undefined && clause === undefined) return everything(context, operator, scope);
  const nodes = clause === undefined ? [] : slotItems(clause, 'Expressions');
  const sources = nodes.map((node, i): Source => {
    const isName = node.kind === 'NameReference';
    const isLet = isName && scope.names.has(node.symbol?.name ?? firstToken(node));
    const relation = context.relation(context, node, { ...scope, row: undefined });
    return { relation, name: isLet ? undefined : sourceName(relation, i, false, 'search') };
  });
  if (input !== undefined) {
    sources.unshift({ relation: input, name: sourceName(input, 0, false, 'search') });
  }
  if (sources.some((source) => source.name === undefined)) {
    const hint = 'Search in tables, or write: Name | where * has "jane".';
    throw context.unsupported('search of a name that the query defines', operator, scope, hint);
  }
  return sources;
}

/** The views that the query defines; of the tables, those of an archive are not all that a workspace has. */
function everything(context: Context, operator: SyntaxNode, scope: Scope): readonly Source[] {
  const views = viewsOf(context, operator, scope);
  if (views.length === 0 || Object.keys(context.schema).length > 0) {
    throw context.unsupported('search of all tables', operator, scope, 'Write search in (…).');
  }
  return views;
}

class Search {
  constructor(
    private readonly context: Context,
    private readonly scope: Scope,
    private readonly suffix: '' | '_cs',
  ) {}

  /** Terms between `and`, `or` and `not`; other conditions as anywhere. */
  predicate(node: SyntaxNode): Expr {
    const place = this.context.place(node, this.scope);
    switch (node.kind) {
      case 'StringLiteralExpression':
        return this.anywhere(node);
      case 'ParenthesizedExpression':
        return this.predicate(slot(node, 'Expression'));
      case 'AndExpression':
      case 'OrExpression': {
        const sides = [slot(node, 'Left'), slot(node, 'Right')].map((side) => this.predicate(side));
        return makeCall(node.kind === 'AndExpression' ? 'and' : 'or', 'bool', sides, place);
      }
      case 'SearchExpression':
        return this.inColumn(node);
      case 'FunctionCallExpression': {
        const args = slotItems(slot(node, 'ArgumentList'), 'Expressions');
        const [only] = args;
        if (firstToken(node) === 'not' && only !== undefined && args.length === 1) {
          return makeCall('not', 'bool', [this.predicate(only)], place);
        }
        return this.condition(node);
      }
      default:
        return this.condition(node);
    }
  }

  private condition(node: SyntaxNode): Expr {
    const value = lowerExpression(this.context, node, this.scope);
    if (value.type === 'bool') return value;
    throw this.context.unsupported('this search', node, this.scope);
  }

  private anywhere(node: SyntaxNode): Expr {
    const [operator, term] = this.term(node);
    return anyColumn(this.context, node, operator, term, this.scope);
  }

  /** `column:"term"` */
  private inColumn(node: SyntaxNode): Expr {
    const column = lowerExpression(this.context, slot(node, 'Left'), this.scope);
    const [operator, term] = this.term(slot(node, 'Right'));
    if (column.type !== 'string') {
      throw this.context.unsupported(`a term in a ${column.type}`, node, this.scope);
    }
    const place = this.context.place(node, this.scope);
    return makeCall(operator, 'bool', [column, literalText(term)], place);
  }

  /** A star at an end of a term leaves that end open. */
  private term(node: SyntaxNode): [operator: string, term: string] {
    const value = readLiteral(node)?.value;
    const parts = typeof value === 'string' ? /^(\*?)([^*]+)(\*?)$/.exec(value) : null;
    if (parts === null) throw this.context.unsupported('this term', node, this.scope);
    const [, before = '', term = '', after = ''] = parts;
    const operators: Readonly<Record<string, string>> = {
      '': 'has',
      '*': before === '' ? 'hasprefix' : 'hassuffix',
      '**': 'contains',
    };
    return [`${operators[before + after] ?? 'has'}${this.suffix}`, term];
  }
}
