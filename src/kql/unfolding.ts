import { firstToken, slot, slotItems, walk, type SyntaxNode } from './syntax';

/**
 * How many calls a query's own functions unfold to, when each call stands for its function's body.
 * The binder unfolds them, so that thirty functions that each call the one before twice would keep it
 * busy for ever: this is counted before it starts. The tree need not be bound.
 */
export function countUnfoldedCalls(root: SyntaxNode): number {
  const costs = new Map<string, number>();
  let total = 0;
  for (const statement of slotItems(root, 'Statements')) {
    const isLet = statement.kind === 'LetStatement';
    const value = isLet ? slot(statement, 'Expression') : statement;
    const cost = callsIn(value, costs);
    if (isLet && value.kind === 'FunctionDeclaration') {
      costs.set(firstToken(slot(statement, 'Name')), 1 + cost);
    } else {
      total += cost;
    }
  }
  return total;
}

function callsIn(node: SyntaxNode, costs: ReadonlyMap<string, number>): number {
  let sum = 0;
  walk(node, (part) => {
    if (part.kind === 'NameReference') sum += costs.get(firstToken(part)) ?? 0;
  });
  return sum;
}
