import type { Column, KustoType } from '../core/table';

/**
 * One node or token of a bound Kusto syntax tree, as plain data. Separated lists are flattened to
 * their elements, so that nothing of the language service's own classes is needed to read a tree.
 */
export interface SyntaxNode {
  /** The language service's SyntaxKind: `FilterOperator`, `AndExpression`, `LongLiteralExpression`, … */
  readonly kind: string;
  /** 0-based offset in the query's text. */
  readonly start: number;
  /** A token's text; undefined for a node. */
  readonly token: string | undefined;
  /** The type of an expression's value, `undefined` when it is no scalar. */
  readonly type: KustoType | undefined;
  /** The columns of a tabular expression, or of an aggregate that gives several. */
  readonly columns: readonly Column[] | undefined;
  /** What a name refers to. */
  readonly symbol: SyntaxSymbol | undefined;
  /** The children by the name they have in their parent: `Condition`, `Left`, `Operator`, … */
  readonly slots: ReadonlyMap<string, SyntaxNode>;
  /** A list's elements; empty for what is no list. */
  readonly items: readonly SyntaxNode[];
  /** The body of the user-defined function that is called here, bound with this call's arguments. */
  readonly body: (() => SyntaxNode | undefined) | undefined;
}

/** What the binder has found a name to mean. */
export interface SyntaxSymbol {
  /** The language service's class: `ColumnSymbol`, `TableSymbol`, `VariableSymbol`, `FunctionSymbol`, … */
  readonly kind: string;
  readonly name: string;
}

/** The child of that name. A missing one is a mistake in this program, not in the query. */
export function slot(node: SyntaxNode, name: string): SyntaxNode {
  const child = node.slots.get(name);
  if (child === undefined) throw new TypeError(`${node.kind} has no ${name}`);
  return child;
}

/** The elements of the list in a slot; empty when the slot is absent. */
export function slotItems(node: SyntaxNode, name: string): readonly SyntaxNode[] {
  return node.slots.get(name)?.items ?? [];
}

/** The first token's text below a node: the operator's keyword, a literal's text, a plain name. */
export function firstToken(node: SyntaxNode): string {
  if (node.token !== undefined) return node.token;
  for (const child of node.slots.values()) {
    const text = firstToken(child);
    if (text !== '') return text;
  }
  for (const item of node.items) {
    const text = firstToken(item);
    if (text !== '') return text;
  }
  return '';
}

/** The offset just behind a node's last token. */
export function endOf(node: SyntaxNode): number {
  if (node.token !== undefined) return node.start + node.token.length;
  return [...node.slots.values(), ...node.items].reduce(
    (end, child) => Math.max(end, endOf(child)),
    node.start,
  );
}

/** Calls visit for a node and everything below it, parents first. */
export function walk(node: SyntaxNode, visit: (node: SyntaxNode) => void): void {
  const pending = [node];
  for (;;) {
    const next = pending.pop();
    if (next === undefined) return;
    visit(next);
    pending.push(...[...next.slots.values(), ...next.items].reverse());
  }
}

/** Whether a `*` stands somewhere below a node. */
export function hasStar(node: SyntaxNode): boolean {
  let found = false;
  walk(node, ({ kind, token }) => {
    found ||= kind === 'StarExpression' || token === '*';
  });
  return found;
}

/** The named parameters of an operator (`kind=inner`, `withsource=Source`), by lower-case name. */
export function namedParameters(operator: SyntaxNode): ReadonlyMap<string, SyntaxNode> {
  return new Map(
    slotItems(operator, 'Parameters').map((parameter) => [
      firstToken(slot(parameter, 'Name')).toLowerCase(),
      slot(parameter, 'Expression'),
    ]),
  );
}
