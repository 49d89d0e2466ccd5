import { firstToken, slot, slotItems, type SyntaxNode } from './syntax';

/** Operators that leave rows in the order they are in. */
const KEEPS_ORDER: readonly string[] = [
  'AsOperator',
  'ExtendOperator',
  'FilterOperator',
  'MvExpandOperator',
  'ParseOperator',
  'ParseWhereOperator',
  'ProjectAwayOperator',
  'ProjectKeepOperator',
  'ProjectOperator',
  'ProjectRenameOperator',
  'ProjectReorderOperator',
  'RenderOperator',
  'SerializeOperator',
  'TakeOperator',
];

/** Whether a query says in which order its rows come: it sorts, and nothing after that undoes it. */
export function isOrderDefined(root: SyntaxNode): boolean {
  const statements = slotItems(root, 'Statements');
  const lets = new Map<string, SyntaxNode>();
  for (const statement of statements) {
    if (statement.kind === 'LetStatement') {
      const name = slot(statement, 'Name');
      lets.set(name.symbol?.name ?? firstToken(name), slot(statement, 'Expression'));
    }
  }
  const last = statements.findLast((statement) => statement.kind === 'ExpressionStatement');
  return last !== undefined && isOrdered(slot(last, 'Expression'), lets, 0);
}

function isOrdered(
  node: SyntaxNode,
  lets: ReadonlyMap<string, SyntaxNode>,
  depth: number,
): boolean {
  if (depth > 1000) return false;
  switch (node.kind) {
    case 'PipeExpression': {
      const operator = slot(node, 'Operator');
      if (operator.kind === 'SortOperator' || operator.kind === 'TopOperator') return true;
      return (
        KEEPS_ORDER.includes(operator.kind) && isOrdered(slot(node, 'Expression'), lets, depth + 1)
      );
    }
    case 'ParenthesizedExpression':
    case 'MaterializeExpression':
      return isOrdered(slot(node, 'Expression'), lets, depth + 1);
    case 'NameReference': {
      const value = lets.get(node.symbol?.name ?? firstToken(node));
      return value !== undefined && isOrdered(value, lets, depth + 1);
    }
    default:
      return false;
  }
}
