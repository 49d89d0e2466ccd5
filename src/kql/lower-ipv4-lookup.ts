import type { Context, Scope } from './context';
import type { KqlError, Place } from './errors';
import type { Expr, Field, Relation, Share } from './ir';
import { fieldByName, lowerExpression } from './lower-expression';
import { projectWindows } from './lower-window';
import { fieldRef, literalLong, makeCall } from './make-expression';
import { ascending, filterBy, project, renewed, sortBy, unchanged } from './make-relation';
import { firstToken, slot, slotItems, type SyntaxNode } from './syntax';

/** `evaluate ipv4_lookup(networks, address, network)`: each row with the row of the network that has its address. */
export function lowerIpv4Lookup(
  context: Context,
  input: Relation,
  operator: SyntaxNode,
  scope: Scope,
): Relation {
  return new Ipv4Lookup(context, input, operator, scope).lower();
}

class Ipv4Lookup {
  private readonly place: Place;

  constructor(
    private readonly context: Context,
    private readonly input: Relation,
    private readonly operator: SyntaxNode,
    private readonly scope: Scope,
  ) {
    this.place = context.place(operator, scope);
  }

  lower(): Relation {
    const { context, input, scope } = this;
    const call = slot(this.operator, 'FunctionCall');
    const [table, source, network, ...options] = slotItems(
      slot(call, 'ArgumentList'),
      'Expressions',
    );
    if (table === undefined || this.operator.slots.has('Schema')) throw this.refuse();
    const networks = context.relation(context, table, { ...scope, row: undefined });
    // What the engine calls a column that both sides have is not known.
    if (networks.fields.some(({ name }) => fieldByName(input.fields, name))) {
      throw this.refuse(`'ipv4_lookup' of tables that share a column's name`);
    }
    const number = context.hidden('long');
    const rows: Relation = { kind: 'identify', input, number, fields: [...input.fields, number] };
    const share = { relation: rows, uses: 2 };
    const address = makeCall(
      'address number',
      'long',
      [this.textColumn(input, source)],
      this.place,
    );
    const matches = this.matches(share, number, { networks, address, network });
    const [matched = number, ...fields] = matches.fields;
    const joined: Relation = {
      kind: 'join',
      join: this.keepsUnmatched(options) ? 'leftouter' : 'inner',
      left: { kind: 'shared', share, fields: rows.fields },
      right: matches,
      keys: [{ left: fieldRef(number), right: fieldRef(matched) }],
      fields: [...rows.fields, ...matches.fields],
    };
    return project(joined, renewed(context, [...input.fields, ...fields]));
  }

  /** The rows' numbers with the columns of the network of each; a second network for a row is refused. */
  private matches(
    share: Share,
    number: Field,
    {
      networks,
      address,
      network,
    }: { networks: Relation; address: Expr; network: SyntaxNode | undefined },
  ): Relation {
    const { context, place } = this;
    const left: Relation = { kind: 'shared', share, fields: share.relation.fields };
    const [source, first, last, leftKey, rightKey] = [
      context.hidden('long'),
      context.hidden('long'),
      context.hidden('long'),
      context.hidden('long'),
      context.hidden('long'),
    ];
    const range = this.textColumn(networks, network);
    // A key that is the same in all rows pairs each row with each network.
    const one = literalLong(1);
    const addresses = project(left, [
      ...unchanged([number]),
      { field: source, value: address },
      { field: leftKey, value: one },
    ]);
    const ranges = project(networks, [
      ...unchanged(networks.fields),
      { field: first, value: makeCall('network first', 'long', [range], place) },
      { field: last, value: makeCall('network last', 'long', [range], place) },
      { field: rightKey, value: one },
    ]);
    const pairs: Relation = {
      kind: 'join',
      join: 'inner',
      left: addresses,
      right: ranges,
      keys: [{ left: fieldRef(leftKey), right: fieldRef(rightKey) }],
      fields: [...addresses.fields, ...ranges.fields],
    };
    const isWithin = makeCall(
      'and',
      'bool',
      [
        makeCall('>=', 'bool', [fieldRef(source), fieldRef(first)], place),
        makeCall('<=', 'bool', [fieldRef(source), fieldRef(last)], place),
      ],
      place,
    );
    return this.onlyMatches(filterBy(pairs, isWithin), [number, ...networks.fields]);
  }

  /** The first of `kept` tells the rows apart; it ends the query where one has two matches. */
  private onlyMatches(found: Relation, kept: readonly [Field, ...Field[]]): Relation {
    const { context, place } = this;
    const [number] = kept;
    const count = context.hidden('long');
    const soFar: Expr = {
      kind: 'window',
      type: 'long',
      name: 'count so far',
      args: [fieldRef(number)],
      group: [fieldRef(number)],
      place,
    };
    const numbered = projectWindows(
      context,
      sortBy(found, [ascending(number)]),
      [...unchanged(kept), { field: count, value: soFar }],
      [fieldRef(number)],
    );
    const single = makeCall('is only match', 'bool', [fieldRef(count)], place);
    return project(filterBy(numbered, single), renewed(context, kept));
  }

  private keepsUnmatched(options: readonly SyntaxNode[]): boolean {
    const [option, more] = options;
    if (option === undefined) return false;
    const named = option.kind === 'SimpleNamedExpression';
    if (named && firstToken(slot(option, 'Name')) !== 'return_unmatched') throw this.refuse();
    const value = lowerExpression(this.context, named ? slot(option, 'Expression') : option, {
      ...this.scope,
      row: this.input.fields,
    });
    if (more !== undefined || value.kind !== 'literal' || typeof value.value !== 'boolean') {
      throw this.refuse(`'ipv4_lookup' with further keys`);
    }
    return value.value;
  }

  private textColumn(of: Relation, node: SyntaxNode | undefined): Expr {
    if (node === undefined) throw this.refuse();
    const value = lowerExpression(this.context, node, { ...this.scope, row: of.fields });
    if (value.kind === 'field' && value.type === 'string') return value;
    throw this.refuse(`'ipv4_lookup' by what is no column of texts`);
  }

  private refuse(what = `'ipv4_lookup' like this`): KqlError {
    return this.context.unsupported(what, this.operator, this.scope);
  }
}
