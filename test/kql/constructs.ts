import { AGGREGATE_ALIASES, AGGREGATES, SEVERAL_COLUMNS } from '../../src/kql/aggregates';
import { bindQuery } from '../../src/kql/language-service';
import { plainName } from '../../src/kql/policy';
import { tabularName, type Supported } from '../../src/kql/supported';
import {
  firstToken,
  namedParameters,
  slot,
  slotItems,
  type SyntaxNode,
} from '../../src/kql/syntax';

/** A name that a query uses, and in which form: the types of its arguments, or an operator's parameters. */
export interface Use {
  readonly list: keyof Supported;
  readonly name: string;
  readonly form: string;
}

/** Everything in a query that the list of what is supported could have. */
export function usesOf(kql: string): readonly Use[] {
  const uses: Use[] = [];
  collect(bindQuery(kql, {}).root, uses);
  return uses;
}

function collect(node: SyntaxNode, uses: Use[]): void {
  const use = useOf(node);
  if (use !== undefined) uses.push(use);
  if (node.kind === 'EvaluateOperator') uses.push(pluginOf(node));
  const body = node.body?.();
  for (const child of [...node.slots.values(), ...node.items]) collect(child, uses);
  if (body !== undefined) collect(body, uses);
}

function useOf(node: SyntaxNode): Use | undefined {
  if (node.kind === 'FunctionCallExpression') return callOf(node);
  if (/^(?!Unary).*Operator$|^(DataTable|Materialize|ToScalar)Expression$/.test(node.kind)) {
    return { list: 'tabular', name: tabularName(node.kind), form: parametersOf(node) };
  }
  const [left, operator, right] = ['Left', 'Operator', 'Right'].map((name) => node.slots.get(name));
  if (left === undefined || operator === undefined || right === undefined) return undefined;
  const list = slotItems(right, 'Expressions');
  const [low] = ['First'].map((name) => right.slots.get(name));
  const other = low ?? list[0] ?? right;
  const form = `${left.type ?? 'table'}, ${other.type ?? 'table'}${list.length > 1 ? '…' : ''}`;
  return { list: 'operators', name: positive(firstToken(operator)), form };
}

function pluginOf(node: SyntaxNode): Use {
  const call = slot(node, 'FunctionCall');
  const form = node.slots.has('Schema') ? 'with an output schema' : '';
  return { list: 'plugins', name: call.symbol?.name ?? firstToken(call), form };
}

function callOf(node: SyntaxNode): Use {
  const written = node.symbol?.name ?? firstToken(slot(node, 'Name'));
  const args = slotItems(slot(node, 'ArgumentList'), 'Expressions');
  const form = typesOf(args.map((arg) => (arg.kind === 'StarExpression' ? '*' : typeOf(arg))));
  const aggregate = AGGREGATE_ALIASES[written] ?? written;
  const isAggregate = Object.hasOwn(AGGREGATES, aggregate) || SEVERAL_COLUMNS.includes(aggregate);
  return isAggregate
    ? { list: 'aggregates', name: aggregate, form }
    : { list: 'functions', name: plainName(written), form };
}

function typeOf(node: SyntaxNode): string {
  const value =
    node.slots.get('Name') === undefined ? node : (node.slots.get('Expression') ?? node);
  return node.type ?? value.type ?? 'table';
}

/** The types, and for long calls each type once, so that `case` of ten branches is one form. */
function typesOf(types: readonly string[]): string {
  return types.length <= 3 ? types.join(', ') : `${[...new Set(types)].join(', ')}…`;
}

function parametersOf(node: SyntaxNode): string {
  const named = [...namedParameters(node)].map(([name, value]) =>
    name === 'kind' ? `${name}=${firstToken(value)}` : name,
  );
  return named.sort().join(' ');
}

/** `!has` → `has`, `!~` → `=~`, `!=` → `==`: they are written as the negation of it. */
function positive(operator: string): string {
  if (operator === '!=' || operator === '<>') return '==';
  if (operator === '!~') return '=~';
  return operator.startsWith('!') ? operator.slice(1) : operator;
}
