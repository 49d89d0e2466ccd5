import type { KustoType } from '../core/table';
import type { Arg } from './sql-function';
import { isoToTicks } from './ticks';

/** Texts that are plainly values of a type, and their SQL; how others are read is not known. */
const READERS: Partial<Readonly<Record<KustoType, (text: string) => string | undefined>>> = {
  long: (text) => (/^-?\d{1,18}$/.test(text) ? `CAST(${text} AS BIGINT)` : undefined),
  int: (text) => (/^-?\d{1,9}$/.test(text) ? `CAST(${text} AS INTEGER)` : undefined),
  real: (text) =>
    /^-?\d{1,15}(\.\d{1,15})?$/.test(text) ? `CAST('${text}' AS DOUBLE)` : undefined,
  bool: (text) => (/^(true|false)$/.test(text) ? text : undefined),
  datetime: (text) => {
    if (!/^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,7})?)?Z?)?$/.test(text)) return undefined;
    const ticks = isoToTicks(text);
    return ticks === undefined ? undefined : `CAST(${ticks} AS BIGINT)`;
  },
};

/**
 * A constant text as a value of the type of what it is compared with, as the engine reads it when that
 * is none. Measured: tests/test_dynamic_strings.py of mmaitre314/duckdb-kql.
 */
export function constantLike(arg: Arg, other: Arg): Arg {
  const text = arg.literal?.value;
  const { type } = other;
  if (arg.type !== 'string' || typeof text !== 'string' || other.literal !== undefined) return arg;
  const sql = READERS[type]?.(text);
  return sql === undefined ? arg : { sql, type, literal: { kind: 'literal', type, value: text } };
}
