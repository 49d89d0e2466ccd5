import type { Schema } from './schema';
import {
  endOf,
  firstToken,
  namedParameters,
  slot,
  slotItems,
  walk,
  type SyntaxNode,
} from './syntax';

/** Whether a union leaves out the tables that are not there. */
export function isFuzzyUnion(operator: SyntaxNode): boolean {
  const fuzzy = namedParameters(operator).get('isfuzzy');
  return fuzzy !== undefined && firstToken(fuzzy).toLowerCase() === 'true';
}

/** The name of the table that a part of a union begins with. */
export function firstTable(node: SyntaxNode): SyntaxNode | undefined {
  switch (node.kind) {
    case 'NameReference':
      return node;
    case 'ParenthesizedExpression':
    case 'PipeExpression':
      return firstTable(slot(node, 'Expression'));
    default:
      return undefined;
  }
}

/**
 * A query in which each part of a fuzzy union that begins with a table which is not there is that table's
 * name alone, and blanks for the rest of it: Kusto leaves such a part out, columns and all, whereas the
 * binder leaves out no more than a bare name. Every place in the query stays where it was.
 * Source: the page of `union`, "the set of union sources is reduced to the tables that exist".
 */
export function withoutMissingParts(text: string, root: SyntaxNode, schema: Schema): string {
  let reduced = text;
  walk(root, (operator) => {
    if (operator.kind !== 'UnionOperator' || !isFuzzyUnion(operator)) return;
    for (const part of slotItems(operator, 'Expressions')) {
      const table = firstTable(part);
      if (table === undefined || table === part || table.symbol !== undefined) continue;
      const name = firstToken(table);
      if (Object.hasOwn(schema, name)) continue;
      const [start, end] = [part.start, endOf(part)];
      reduced = reduced.slice(0, start) + name.padEnd(end - start) + reduced.slice(end);
    }
  });
  return reduced;
}
