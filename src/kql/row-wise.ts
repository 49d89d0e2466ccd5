import type { RowWise } from './analysis';
import { firstToken, slot, slotItems, walk, type SyntaxNode } from './syntax';

const TIME = 'TimeGenerated';

/** Operators that make each row of their answer from one row alone. */
const ROW_WISE_OPERATORS: readonly string[] = [
  'ExtendOperator',
  'FilterOperator',
  'ParseOperator',
  'ParseWhereOperator',
  'ProjectAwayOperator',
  'ProjectKeepOperator',
  'ProjectOperator',
  'ProjectRenameOperator',
  'ProjectReorderOperator',
  'SortOperator',
];

/** Functions whose value does not depend on the row alone. */
const NOT_ROW_WISE: readonly string[] = [
  'ago',
  'current_cursor',
  'cursor_after',
  'new_guid',
  'next',
  'now',
  'prev',
  'rand',
  'row_cumsum',
  'row_number',
  'row_rank_dense',
  'row_rank_min',
  'row_window_session',
];

/**
 * Says whether a query can be asked for one part of its time after the other: it filters, computes and
 * projects the rows of one table, which it names once, and sorts them by TimeGenerated first or not at
 * all. Undefined when that is not certain.
 */
export function rowWiseInTime(root: SyntaxNode): RowWise | undefined {
  const statements = slotItems(root, 'Statements');
  const answers = statements.filter((statement) => statement.kind !== 'LetStatement');
  const [answer] = answers;
  if (answers.length !== 1 || answer?.kind !== 'ExpressionStatement') return undefined;
  const operators: SyntaxNode[] = [];
  let source = slot(answer, 'Expression');
  while (source.kind === 'PipeExpression') {
    operators.unshift(slot(source, 'Operator'));
    source = slot(source, 'Expression');
  }
  const table = source.symbol?.kind === 'TableSymbol' ? source.symbol.name : undefined;
  if (table === undefined || !dependsOnRowsAlone(root)) return undefined;
  if (!operators.every(({ kind }) => ROW_WISE_OPERATORS.includes(kind))) return undefined;
  const sorts = operators.filter(({ kind }) => kind === 'SortOperator');
  if (sorts.length > 1) return undefined;
  const order = sorts[0] === undefined ? 'ascending' : orderInTime(sorts[0]);
  return order === undefined ? undefined : { table, order };
}

/** One table named once, no function that looks at other rows or at the clock, TimeGenerated never redefined. */
function dependsOnRowsAlone(root: SyntaxNode): boolean {
  const tables: SyntaxNode[] = [];
  const others: SyntaxNode[] = [];
  walk(root, (node) => {
    if (node.kind === 'NameReference' && node.symbol?.kind === 'TableSymbol') tables.push(node);
    else if (looksFurther(node)) others.push(node);
  });
  return tables.length === 1 && others.length === 0;
}

/** Whether a part of a query may look at more than the row, or give another time the name of the row's. */
function looksFurther(node: SyntaxNode): boolean {
  switch (node.kind) {
    case 'FunctionCallExpression':
      return NOT_ROW_WISE.includes((node.symbol?.name ?? firstToken(node)).toLowerCase());
    case 'NameDeclaration':
      // Written between brackets, its first token is the bracket.
      return (node.symbol?.name ?? firstToken(node)) === TIME;
    case 'SearchOperator':
    case 'ToScalarExpression':
    case 'ToTableExpression':
    case 'UnionOperator':
      return true;
    default:
      return false;
  }
}

/** The direction of a sort whose first key is the record's own time. */
function orderInTime(sort: SyntaxNode): RowWise['order'] | undefined {
  const [first] = slotItems(sort, 'Expressions');
  if (first === undefined) return undefined;
  const isOrdered = first.kind === 'OrderedExpression';
  const key = isOrdered ? slot(first, 'Expression') : first;
  if (key.kind !== 'NameReference' || firstToken(key) !== TIME) return undefined;
  const clause = isOrdered ? first.slots.get('Ordering') : undefined;
  const word = clause === undefined ? 'desc' : firstToken(clause);
  if (word === 'asc') return 'ascending';
  return word === 'desc' ? 'descending' : undefined;
}
