import type { Column } from '../core/table';
import type { Field, Relation, Share } from './ir';
import {
  conditionSql,
  expressionSql,
  type ExpressionScope,
  type ExpressionWriter,
} from './sql-expression';
import { expandSql } from './sql-expand';
import { KqlError } from './errors';
import { literalLong, literalNull } from './make-expression';
import { foldRowsSql, foldSql } from './sql-fold';
import { matchColumns } from './sql-match';
import { seriesSql } from './sql-series';
import { rangeSql, tableSql, valuesSql } from './sql-sources';
import { isReadAgain } from './read-again';
import { numbered, orderKey, orderText, renumbered, type Order, type OrderKey } from './row-order';
import { groupSql } from './sql-group';
import { joinSql } from './sql-join';
import { commonDecimal, fieldSql, listSql, sqlName } from './sql-text';
import { usedFields } from './used-fields';

/** A SELECT that gives a relation's fields under their SQL names, and the hidden columns of its order. */
interface Written {
  readonly sql: string;
  readonly order: Order | undefined;
}

/** SQL of a whole query, with the columns under their Kusto names and in its order. */
export function relationSql(relation: Relation, columns: readonly Column[]): string {
  const writer = new RelationWriter(usedFields(relation));
  const written = writer.write(relation);
  const list = relation.fields.map(
    (field, i) => `${fieldSql(field.id)} AS ${sqlName(columns[i]?.name ?? field.name)}`,
  );
  const order = orderText(written.order, relation.fields);
  const orderBy = order === undefined ? '' : ` ORDER BY ${order}`;
  const select = `SELECT ${list.join(', ')} FROM (${written.sql})${orderBy}`;
  return writer.shared.length === 0 ? select : `WITH ${writer.shared.join(', ')} ${select}`;
}

class RelationWriter implements ExpressionWriter {
  readonly shared: string[] = [];
  private readonly names = new Map<Share | Relation, { name: string; order: Order | undefined }>();
  private next = 0;

  constructor(private readonly used: ReadonlySet<number>) {}

  name(prefix: string): string {
    this.next += 1;
    return `${prefix}${this.next}`;
  }

  subquery(query: Relation): string {
    let known = this.names.get(query);
    if (known === undefined) {
      const first: Relation = {
        kind: 'limit',
        fields: query.fields,
        input: query,
        count: ONE,
        group: [],
      };
      const written = this.write(first);
      known = { name: this.name('s'), order: undefined };
      this.names.set(query, known);
      this.shared.push(`${known.name} AS (${written.sql})`);
    }
    const first = query.fields[0];
    return `(SELECT ${first === undefined ? 'NULL' : fieldSql(first.id)} FROM ${known.name})`;
  }

  /** SQL of all rows of a subquery's first column. */
  column(query: Relation): string {
    const first = query.fields[0];
    return `(SELECT ${first === undefined ? 'NULL' : fieldSql(first.id)} FROM (${this.write(query).sql}))`;
  }

  write(relation: Relation): Written {
    switch (relation.kind) {
      case 'table':
        return { sql: tableSql(relation, this.used), order: undefined };
      case 'values':
        return this.values(relation);
      case 'range':
        return this.range(relation);
      case 'filter': {
        const input = this.write(relation.input);
        const condition = conditionSql(relation.condition, this.scope(relation.input, input));
        return this.select(this.kept(relation.fields), input, `WHERE ${condition}`);
      }
      case 'project': {
        const input = this.write(relation.input);
        const scope = this.scope(relation.input, input);
        const items = relation.items.filter((item) => this.used.has(item.field.id));
        const list = items.map(
          (item) => `${expressionSql(item.value, scope)} AS ${fieldSql(item.field.id)}`,
        );
        const written = this.select(list, input, '');
        return { ...written, order: renumbered(written.order, items) };
      }
      case 'aggregate':
        return this.aggregate(relation);
      case 'sort':
        return this.sort(relation);
      case 'limit': {
        const input = this.write(relation.input);
        const order = this.orderText(input.order, relation);
        const orderBy = order === undefined ? '' : `ORDER BY ${order} `;
        const scope = this.scope(relation.input, input);
        const count = expressionSql(relation.count, scope);
        if (relation.group.length > 0) {
          const keys = relation.group.map((key) => expressionSql(key, scope)).join(', ');
          const place = `row_number() OVER (PARTITION BY ${keys} ${orderBy.trimEnd()})`;
          return this.select(this.kept(relation.fields), input, `QUALIFY ${place} <= ${count}`);
        }
        const limit = `${orderBy}LIMIT greatest(${count}, 0)`;
        return this.select(this.kept(relation.fields), input, limit);
      }
      case 'serialize': {
        const input = this.write(relation.input);
        if (input.order === undefined) return input;
        if (relation.fixed) return this.number(relation, input, input.order);
        return { ...input, order: { ...input.order, serialized: true } };
      }
      case 'identify':
        return this.identify(relation);
      case 'join':
        return this.join(relation);
      case 'unique':
        return this.unique(relation);
      case 'union':
        return this.union(relation);
      case 'expand':
        return this.expand(relation);
      case 'match':
        return this.match(relation);
      case 'series':
        return { sql: this.series(relation), order: undefined };
      case 'fold':
        return this.fold(relation);
      case 'shared':
        return this.use(relation);
    }
  }

  /** Gives each row its number in the order, which is the order from now on. */
  private number(relation: Relation, input: Written, order: Order): Written {
    if (order.total) return input;
    const ordinal = this.name('o');
    const over = this.orderText(order, relation) ?? '';
    const list = [
      ...this.kept(relation.fields),
      `row_number() OVER (ORDER BY ${over}) AS ${ordinal}`,
    ];
    const sql = `SELECT ${list.join(', ')} FROM (${input.sql})`;
    return { sql, order: numbered(ordinal, order.serialized) };
  }

  private identify(relation: Relation & { kind: 'identify' }): Written {
    const input = this.write(relation.input);
    const over = this.orderText(input.order, relation.input);
    const number = fieldSql(relation.number.id);
    const ordinal = this.name('o');
    const list = this.kept(relation.input.fields);
    const numbers = `row_number() OVER (${over === undefined ? '' : `ORDER BY ${over}`}) AS ${number}`;
    const inner = `SELECT ${[...list, numbers].join(', ')} FROM (${input.sql})`;
    return {
      sql: `SELECT *, ${number} AS ${ordinal} FROM (${inner})`,
      order: numbered(ordinal, input.order?.serialized ?? false),
    };
  }

  private kept(fields: readonly Field[]): string[] {
    return fields.filter((field) => this.used.has(field.id)).map((field) => fieldSql(field.id));
  }

  private orderText(order: Order | undefined, { fields }: Relation): string | undefined {
    return orderText(
      order,
      fields.filter((field) => this.used.has(field.id)),
    );
  }

  private scope(relation: Relation, written: Written): ExpressionScope {
    return {
      writer: this,
      order: this.orderText(written.order, relation),
      serialized: written.order?.serialized ?? false,
      bound: new Map(),
    };
  }

  /** A SELECT over an input that keeps the input's order. */
  private select(list: readonly string[], input: Written, clauses: string): Written {
    const hidden = (input.order?.keys ?? []).map((key) => key.column);
    const sql = `SELECT ${listSql([...list, ...hidden])} FROM (${input.sql}) ${clauses}`;
    return { sql: sql.trimEnd(), order: input.order };
  }

  /** Rows written into the query have the order in which they are written. */
  private values(relation: Relation & { kind: 'values' }): Written {
    const ordinal = this.name('o');
    const sql = valuesSql(relation, ordinal, (value) => expressionSql(value, this.nowhere()));
    return { sql, order: numbered(ordinal, false) };
  }

  private range(relation: Relation & { kind: 'range' }): Written {
    const ordinal = this.name('o');
    const sql = rangeSql(relation, ordinal, (value) => expressionSql(value, this.nowhere()));
    return { sql, order: numbered(ordinal, false) };
  }

  /** The scope of an expression that sees no row. */
  private nowhere(): ExpressionScope {
    return { writer: this, order: undefined, serialized: false, bound: new Map() };
  }

  private sort(relation: Relation & { kind: 'sort' }): Written {
    const input = this.write(relation.input);
    const scope = this.scope(relation.input, input);
    const keys = relation.keys.map((key) => ({ key, column: this.name('o') }));
    const list = [
      ...this.kept(relation.fields),
      ...keys.map(({ key, column }) => `${expressionSql(key.value, scope)} AS ${column}`),
    ];
    const { sql } = this.select(list, input, '');
    // What was in order before stays so among rows that are equal now.
    const before = input.order;
    const order: Order = {
      keys: [...keys.map(({ key, column }) => orderKey(key, column)), ...(before?.keys ?? [])],
      total: before?.total ?? false,
      serialized: true,
    };
    return { sql, order };
  }

  private aggregate(relation: Relation & { kind: 'aggregate' }): Written {
    const input = this.write(relation.input);
    const scope = this.scope(relation.input, input);
    return { sql: groupSql(relation, scope, input.sql), order: undefined };
  }

  private join(relation: Relation & { kind: 'join' }): Written {
    const sql = joinSql(relation, this.used, this.nowhere(), (side) => this.write(side).sql);
    return { sql, order: undefined };
  }

  private unique(relation: Relation & { kind: 'unique' }): Written {
    const input = this.write(relation.input);
    const scope = this.scope(relation.input, input);
    const keys = relation.keys.map((key) => expressionSql(key, scope)).join(', ');
    const order =
      scope.order ?? relation.fields.map((field) => `${fieldSql(field.id)} NULLS FIRST`).join(', ');
    const first = `QUALIFY row_number() OVER (PARTITION BY ${keys} ORDER BY ${order}) = 1`;
    return this.select(this.kept(relation.fields), input, first);
  }

  private union(relation: Relation & { kind: 'union' }): Written {
    const selects = relation.inputs.map((input, i) => {
      const scope = this.nowhere();
      const values = relation.values[i] ?? [];
      const list = relation.fields.flatMap((field, at) => {
        if (!this.used.has(field.id)) return [];
        const value = values[at] ?? literalNull(field.type);
        const sql = expressionSql(value, scope);
        return `${field.type === 'decimal' ? commonDecimal(sql) : sql} AS ${fieldSql(field.id)}`;
      });
      return `SELECT ${listSql(list)} FROM (${this.write(input).sql})`;
    });
    if (selects.length > 0) return { sql: selects.join(' UNION ALL '), order: undefined };
    return this.write({ kind: 'values', fields: relation.fields, rows: [] });
  }

  private expand(relation: Relation & { kind: 'expand' }): Written {
    const input = this.write(relation.input);
    const scope = this.scope(relation.input, input);
    const position = this.name('o');
    const hidden = (input.order?.keys ?? []).map((key) => key.column);
    const lists = relation.items.map((item) => expressionSql(item.list, scope));
    const kept = [...this.kept(relation.input.fields), ...hidden];
    const sql = expandSql(relation, lists, kept, position, input.sql, (prefix) =>
      this.name(prefix),
    );
    if (input.order === undefined) return { sql, order: undefined };
    const last: OrderKey = { column: position, descending: false, nullsFirst: false };
    return { sql, order: { ...input.order, keys: [...input.order.keys, last] } };
  }

  private match(relation: Relation & { kind: 'match' }): Written {
    const input = this.write(relation.input);
    const text = expressionSql(relation.text, this.scope(relation.input, input));
    const { below, above } = matchColumns(relation, text, this.name('m'));
    const kept = this.kept(relation.input.fields);
    return this.select([...kept, ...above], this.select([...kept, ...below], input, ''), '');
  }

  private fold(relation: Relation & { kind: 'fold' }): Written {
    const input = this.write(relation.input);
    const order = this.orderText(input.order, relation.input);
    const place = relation.carried[0]?.place;
    const needsSerialized = relation.what !== 'scan' && input.order?.serialized !== true;
    if (order === undefined || needsSerialized) {
      throw new KqlError(
        'KQL_SEMANTIC',
        `${relation.what} needs rows in an order`,
        place,
        'Put sort before it.',
      );
    }
    const [rows, ordinal] = [this.name('s'), this.name('o')];
    const [group, groupPlace] = [this.name('o'), this.name('o')];
    const scope = this.scope(relation.input, input);
    const groups = relation.group.map((key) => expressionSql(key, scope));
    const names = { rows, ordinal, group, place: groupPlace };
    const rowsSql = foldRowsSql(relation, names, { order, group: groups[0] }, input.sql);
    this.shared.push(`${rows} AS MATERIALIZED (${rowsSql})`);
    const sql = foldSql(relation, names, (value, bound) =>
      expressionSql(value, { ...this.nowhere(), bound }),
    );
    return { sql, order: numbered(ordinal, true) };
  }

  private series(relation: Relation & { kind: 'series' }): string {
    const input = this.name('s');
    this.shared.push(`${input} AS (${this.write(relation.input).sql})`);
    return seriesSql(relation, input, (value) => expressionSql(value, this.nowhere()));
  }

  /** What is used once is written in place; what is used several times is named, and most often evaluated once. */
  private use(relation: Relation & { kind: 'shared' }): Written {
    const { share } = relation;
    let known = this.names.get(share);
    if (share.uses > 1 && known === undefined) {
      const written = this.write(share.relation);
      known = { name: this.name('s'), order: written.order };
      this.names.set(share, known);
      const kept = isReadAgain(share) ? 'NOT MATERIALIZED' : 'MATERIALIZED';
      this.shared.push(`${known.name} AS ${kept} (${written.sql})`);
    }
    const source =
      known === undefined
        ? this.write(share.relation)
        : { sql: `FROM ${known.name}`, order: known.order };
    const list = relation.fields.flatMap((field, i) => {
      const id = share.relation.fields[i]?.id ?? -1;
      return this.used.has(field.id) ? [`${fieldSql(id)} AS ${fieldSql(field.id)}`] : [];
    });
    return this.select(list, source, '');
  }
}

const ONE = literalLong(1);
