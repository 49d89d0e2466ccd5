import type { Context, Scope } from './context';
import {
  someExpr,
  type Assignment,
  type Carried,
  type Expr,
  type Field,
  type Literal,
  type Relation,
} from './ir';
import { convert, fieldByName, lowerExpression } from './lower-expression';
import { fieldRef, literalNull } from './make-expression';
import { ascending, filterBy, project, sortBy, unchanged } from './make-relation';
import { readLiteral } from './literals';
import { stepStates, type ScanStep } from './scan-states';
import { hasWindow } from './lower-window';
import { firstToken, namedParameters, slot, slotItems, walk, type SyntaxNode } from './syntax';

/** A column that scan declares; where no step has assigned it, it has its default. */
interface Declared {
  readonly field: Field;
  readonly initial: Literal;
}

/** More steps than this would write conditions too often. */
const MOST_STEPS = 8;

/** `scan`: rows in their order are matched with steps, which carry values on to later rows. */
export function lowerScan(
  context: Context,
  input: Relation,
  operator: SyntaxNode,
  scope: Scope,
): Relation {
  const scan = new Scan(context, input, operator, scope);
  const states = stepStates(context, scan.steps(), context.place(operator, scope));
  const kept = unchanged(input.fields);
  const rows = project(input, [...kept, ...scan.defaults()]);
  const folded: Relation = {
    kind: 'fold',
    what: 'scan',
    input: rows,
    group: scope.group ?? [],
    carried: states.carried,
    fields: [...rows.fields, ...states.carried.map(({ field }) => field)],
  };
  const outputs = states.outputs.map((output) => ({
    ...output,
    value: (name: string): Expr | undefined => scan.outputValue(name, output.values),
  }));
  return outputRows(context, folded, outputs, operator, scope);
}

interface Output {
  readonly matched: Carried;
  readonly value: (name: string) => Expr | undefined;
  readonly id: Expr;
}

/** A row for each step that a row matches, the last step first. */
function outputRows(
  context: Context,
  folded: Relation,
  outputs: readonly Output[],
  operator: SyntaxNode,
  scope: Scope,
): Relation {
  const id = namedParameters(operator).get('with_match_id');
  const idName = id === undefined ? undefined : (id.symbol?.name ?? firstToken(id));
  const columns = operator.columns ?? [];
  const items = (output: Output): Assignment[] =>
    columns.map(({ name, type }) => {
      const value = name === idName ? output.id : output.value(name);
      if (value === undefined) throw context.unsupported('these columns', operator, scope);
      return { field: context.field(name, type), value };
    });
  const only = outputs[0];
  if (only === undefined) throw context.unsupported('scan without output', operator, scope);
  const matching = (input: Relation, { matched }: Output): Relation =>
    filterBy(input, fieldRef(matched.field));
  if (outputs.length === 1) return project(matching(folded, only), items(only));
  const number = context.hidden('long');
  const numbered: Relation = {
    kind: 'identify',
    input: folded,
    number,
    fields: [...folded.fields, number],
  };
  const share = { relation: numbered, uses: outputs.length };
  const all = [...columns, { name: '\0number', type: 'long' as const }];
  const fields = all.map(({ name, type }) => context.field(name, type));
  // Every use reads the shared rows under the names that they have there.
  const shared: Relation = { kind: 'shared', share, fields: numbered.fields };
  const inputs = outputs.map((output) => matching(shared, output));
  const values = outputs.map((output) => [
    ...items(output).map((item) => item.value),
    fieldRef(number),
  ]);
  const union: Relation = {
    kind: 'union',
    fields,
    inputs: inputs.reverse(),
    values: values.reverse(),
  };
  const last = fields.at(-1);
  if (last === undefined) throw new TypeError('a scan without a column');
  return project(
    sortBy(union, [ascending(last)]),
    columns.map(({ name, type }, i) => ({
      field: context.field(name, type),
      value: fieldRef(fields[i] ?? last),
    })),
  );
}

/** The parts of a scan's syntax. */
class Scan {
  private readonly declared: readonly Declared[];
  private readonly nodes: readonly SyntaxNode[];

  constructor(
    private readonly context: Context,
    private readonly input: Relation,
    private readonly operator: SyntaxNode,
    private readonly scope: Scope,
  ) {
    this.nodes = slotItems(operator, 'Steps');
    const parameters = [...namedParameters(operator).keys()];
    if (this.nodes.length > MOST_STEPS || parameters.some((name) => name !== 'with_match_id')) {
      throw context.unsupported('scan of this kind', operator, scope);
    }
    const clause = operator.slots.get('DeclareClause');
    const declarations = clause === undefined ? [] : slotItems(clause, 'Declarations');
    this.declared = declarations.map((node) => this.declaration(node));
  }

  /** The declared columns as they are in rows that no step has seen. */
  defaults(): Assignment[] {
    return this.declared.map(({ field, initial }) => ({ field, value: initial }));
  }

  /** A column of an output: a declared one as its step has assigned it, or the row's own. */
  outputValue(name: string, assigned: ReadonlyMap<string, Expr>): Expr | undefined {
    const value = assigned.get(name);
    if (value !== undefined) return value;
    const field =
      this.declared.find((each) => each.field.name === name)?.field ??
      fieldByName(this.input.fields, name);
    return field && fieldRef(field);
  }

  steps(): readonly ScanStep[] {
    const names = this.nodes.map((node) => nameOf(slot(node, 'Name')));
    return this.nodes.map((node, i): ScanStep => {
      const lower =
        (part: SyntaxNode) =>
        (states: ReadonlyMap<string, readonly Field[]>): Expr => {
          const row = [...this.input.fields, ...this.declared.map(({ field }) => field)];
          const value = lowerExpression(this.context, part, { ...this.scope, row, states });
          if (someExpr(value, ({ kind }) => kind === 'scalar')) {
            const hint = 'Put it into a column before: | extend Most = toscalar(…) | scan …';
            throw this.context.unsupported('a subquery in scan', part, this.scope, hint);
          }
          if (!hasWindow(value)) return value;
          throw this.context.unsupported('looking at other rows in scan', part, this.scope);
        };
      const output = this.output(node);
      return {
        name: names[i] ?? '',
        condition: lower(slot(node, 'Condition')),
        assigned: this.assignments(node, lower),
        columns: this.remembered(names[i] ?? ''),
        isOutput: output === 'all',
      };
    });
  }

  /** `output=all` or `none`; of which rows `last` is, is not known in all cases. */
  private output(node: SyntaxNode): 'all' | 'none' {
    const clause = node.slots.get('ScanStepOutput') ?? node.slots.get('OutputClause');
    if (clause === undefined) return 'all';
    const words: string[] = [];
    walk(clause, ({ token }) => {
      if (token !== undefined) words.push(token.toLowerCase());
    });
    const kind = words.at(-1);
    if (kind === 'all' || kind === 'none') return kind;
    const hint =
      'Microsoft’s page tells in two ways which rows those are, and shows none. Write output=all, and keep the last row of each series with where and next(…).';
    throw this.context.unsupported(`scan with output=${kind ?? ''}`, node, this.scope, hint);
  }

  /** What a step's state must have: the columns of it that any condition or assignment names. */
  private remembered(stepName: string): ScanStep['columns'] {
    const asked = new Set<string>();
    walk(this.operator, (node) => {
      if (node.kind !== 'PathExpression') return;
      if (firstToken(slot(node, 'Expression')) === stepName)
        asked.add(nameOf(slot(node, 'Selector')));
    });
    return [...asked].flatMap((name): ScanStep['columns'] => {
      const declared = this.declared.find(({ field }) => field.name === name);
      if (declared !== undefined) return [declared];
      const field = fieldByName(this.input.fields, name);
      return field === undefined ? [] : [{ field, initial: literalNull(field.type) }];
    });
  }

  private declaration(node: SyntaxNode): Declared {
    const { context, scope, input } = this;
    const name = slot(slot(node, 'NameAndType'), 'Name');
    const type = name.type ?? 'dynamic';
    const written = node.slots.get('DefaultValue')?.slots.get('Value');
    const read = written === undefined ? literalNull(type) : readLiteral(written);
    const initial = read && convert(read, type, context.place(node, scope));
    if (initial?.kind !== 'literal' || fieldByName(input.fields, nameOf(name)) !== undefined) {
      throw context.unsupported(`declaring '${nameOf(name)}' like this`, node, scope);
    }
    return { field: context.field(nameOf(name), type), initial };
  }

  private assignments(
    step: SyntaxNode,
    lower: (part: SyntaxNode) => ScanStep['condition'],
  ): ScanStep['assigned'] {
    const assigned = new Map<string, ScanStep['condition']>();
    const clause = step.slots.get('ComputationClause');
    for (const node of clause === undefined ? [] : slotItems(clause, 'Assignments')) {
      const name = nameOf(slot(node, 'Name'));
      const own = this.declared.find(({ field }) => field.name === name);
      const expression = slot(node, 'Expression');
      // Whether it would see the value that was just assigned is not known.
      const seesEarlier = mentions(expression, [...assigned.keys()]);
      if (own === undefined || assigned.has(name) || seesEarlier) {
        throw this.context.unsupported(`assigning '${name}' like this`, node, this.scope);
      }
      const place = this.context.place(node, this.scope);
      const value = lower(expression);
      assigned.set(name, (states) => convert(value(states), own.field.type, place));
    }
    return assigned;
  }
}

function nameOf(node: SyntaxNode): string {
  return node.symbol?.name ?? firstToken(node);
}

/** Whether an expression names one of these columns, other than as a member of something. */
function mentions(node: SyntaxNode, names: readonly string[]): boolean {
  if (node.kind === 'NameReference') return names.includes(nameOf(node));
  const children = [...node.slots, ...node.items.map((item) => ['', item] as const)];
  return children.some(
    ([name, child]) =>
      !(node.kind === 'PathExpression' && name === 'Selector') && mentions(child, names),
  );
}
