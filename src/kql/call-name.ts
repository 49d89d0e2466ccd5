import { AGGREGATE_ALIASES, AGGREGATES, SEVERAL_COLUMNS } from './aggregates';
import { firstToken, slot, type SyntaxNode } from './syntax';

/** The name of the function that a node calls; undefined when it is no call. */
export function callName(node: SyntaxNode): string | undefined {
  if (node.kind !== 'FunctionCallExpression') return undefined;
  return node.symbol?.name ?? firstToken(slot(node, 'Name'));
}

/** As `callName`, an aggregate that has several names under the one that it is known by here. */
export function aggregateName(node: SyntaxNode): string | undefined {
  const written = callName(node);
  return written === undefined ? undefined : (AGGREGATE_ALIASES[written] ?? written);
}

/** Whether a node calls an aggregate of one column. */
export function isAggregateCall(node: SyntaxNode): boolean {
  return Object.hasOwn(AGGREGATES, aggregateName(node) ?? '');
}

/** Whether a node calls an aggregate that gives several columns. */
export function isSeveralColumns(node: SyntaxNode): boolean {
  return SEVERAL_COLUMNS.includes(aggregateName(node) ?? '');
}
