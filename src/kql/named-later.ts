import { endOf, hasStar, slot, walk, type SyntaxNode } from './syntax';
import type { TextRange } from './unknown-columns';

/** Operators that leave the columns in whatever order they are in. */
const PASSES_ON: readonly string[] = [
  'ExtendOperator',
  'FilterOperator',
  'SerializeOperator',
  'SortOperator',
  'TakeOperator',
  'TopOperator',
];

/** Operators that say which columns there are from now on, and in which order. */
const NAMES: readonly string[] = ['CountOperator', 'ProjectOperator', 'SummarizeOperator'];

/** Whether the operators after one settle the columns, whatever order it gave them. */
export function namesColumnsLater(root: SyntaxNode, { start, end }: TextRange): boolean {
  const after: SyntaxNode[] = [];
  walk(root, (node) => {
    if (node.kind !== 'PipeExpression') return;
    const before = slot(node, 'Expression');
    const isAfter =
      before.kind === 'PipeExpression' && before.start <= start && endOf(before) >= end;
    if (isAfter && isLastOf(before, start)) after.push(slot(node, 'Operator'));
  });
  // Parents come first, and the operator that is nearest is the innermost.
  const next = after.reverse().find(({ kind }) => !PASSES_ON.includes(kind));
  return next !== undefined && NAMES.includes(next.kind) && !hasStar(next);
}

/** Whether a pipeline has an operator that begins there among its own, rather than in a subquery. */
function isLastOf(pipe: SyntaxNode, start: number): boolean {
  let at = pipe;
  while (at.kind === 'PipeExpression') {
    if (slot(at, 'Operator').start === start) return true;
    at = slot(at, 'Expression');
  }
  return false;
}
