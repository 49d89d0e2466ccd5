import type { Aggregate, Relation } from './ir';
import { aggregateSql, isRowAggregate } from './sql-aggregate';
import { conditionSql, expressionSql, type ExpressionScope } from './sql-expression';
import { fieldSql, neverNull } from './sql-text';

/** SQL of a grouping over an input, whose rows the scope's expressions see. */
export function groupSql(
  { keys, aggregates }: Relation & { kind: 'aggregate' },
  scope: ExpressionScope,
  input: string,
): string {
  const keyColumns = keys.map(
    (key) => `${expressionSql(key.value, scope)} AS ${fieldSql(key.field.id)}`,
  );
  /** Aggregates that give a row, each under the name that it has until it is taken apart. */
  const rows: { readonly name: string; readonly aggregate: Aggregate }[] = [];
  const values = aggregates.map((aggregate) => {
    const sql = valueSql(aggregate, scope);
    if (!isRowAggregate(aggregate.name))
      return `${sql} AS ${fieldSql(aggregate.fields[0]?.id ?? -1)}`;
    const name = scope.writer.name('r');
    rows.push({ name, aggregate });
    return `${sql} AS ${name}`;
  });
  const groupBy =
    keyColumns.length === 0 ? '' : ` GROUP BY ${keyColumns.map((_, i) => i + 1).join(', ')}`;
  const sql = `SELECT ${[...keyColumns, ...values].join(', ')} FROM (${input})${groupBy}`;
  if (rows.length === 0) return sql;
  const unpacked = rows.flatMap(({ name, aggregate }) =>
    aggregate.fields.map(
      ({ id, type }, i) => `${neverNull(`${name}.a${i}`, type)} AS ${fieldSql(id)}`,
    ),
  );
  const dropped = rows.map((row) => row.name).join(', ');
  return `SELECT * EXCLUDE (${dropped}), ${unpacked.join(', ')} FROM (${sql})`;
}

function valueSql(aggregate: Aggregate, scope: ExpressionScope): string {
  const args = aggregate.args.map((value) => ({
    sql: expressionSql(value, scope),
    type: value.type,
    literal: undefined,
  }));
  const filter = aggregate.filter === undefined ? undefined : conditionSql(aggregate.filter, scope);
  return aggregateSql(aggregate, args, filter, scope.order);
}
