import type { Row } from '../core/table';
import type { PivotProbe } from './column-probe';
import { KqlError } from './errors';
import { columnName, textLiteral } from './known-names';
import { PIVOT_AGGREGATES } from './pivot-aggregates';
import { REMEDIES } from './unknown-columns';

/** A query makes at most so many columns of values. */
export const MOST_PIVOTED = 500;

/** A value of the pivoted column. */
export interface PivotValue {
  readonly name: string;
  /** Whether it has rows wherever another value has. */
  readonly everywhere: boolean;
}

/** A value as the probe's row tells of it. */
export function pivotValue([name, everywhere]: Row): PivotValue {
  return { name: String(name), everywhere: everywhere === true };
}

/** Aggregates of which it is documented what a cell without rows holds: nothing counts as 0. */
const ZERO_WITHOUT_ROWS: readonly string[] = ['count', 'sum'];

/** The `summarize` that stands for a `pivot`: the columns that stay, then one for each value. */
export function pivotText(probe: PivotProbe, values: readonly PivotValue[]): string {
  const { aggregate, kept } = probe;
  if (values.length > MOST_PIVOTED) throw refusal(`of more than ${MOST_PIVOTED} values`);
  const empty = values.some(({ everywhere }) => !everywhere);
  if (empty && !ZERO_WITHOUT_ROWS.includes(aggregate.name)) {
    throw refusal(`with ${aggregate.name} and a cell without rows`);
  }
  const names = newColumns(probe, values.map(({ name }) => name).sort());
  if (names.some((name) => kept.includes(name))) {
    throw refusal('of a value that is called like a column');
  }
  const column = columnName(probe.column, 'pivot');
  const before = aggregate.argument === '' ? '' : `${aggregate.argument}, `;
  const cells = names.map((name) => {
    const condition = `${column} == ${textLiteral(name, 'pivot')}`;
    return `${columnName(name, 'pivot')} = ${PIVOT_AGGREGATES[aggregate.name] ?? ''}(${before}${condition})`;
  });
  const by = kept.map((name) => columnName(name, 'pivot')).join(', ');
  return `summarize ${cells.join(', ')}${by === '' ? '' : ` by ${by}`}`;
}

/** The new columns, where it is settled which they are and in which order they come. */
function newColumns(
  { declared, namedLater }: PivotProbe,
  values: readonly string[],
): readonly string[] {
  if (declared !== undefined) {
    if ([...declared].sort().join('\n') === values.join('\n')) return declared;
    throw new KqlError(
      'KQL_SEMANTIC',
      'pivot: the data has other values than the output schema declares',
      undefined,
      REMEDIES.pivot,
    );
  }
  if (values.length === 0) throw refusal('of no rows');
  if (values.length > 1 && !namedLater) {
    throw refusal(
      'whose columns come in an order that is not defined',
      'Name the columns after it: | project Repository, Push, Pull.',
    );
  }
  return values;
}

function refusal(what: string, hint: string = REMEDIES.pivot): KqlError {
  return new KqlError(
    'KQL_UNSUPPORTED',
    `'pivot' ${what} is not supported offline`,
    undefined,
    hint,
  );
}
