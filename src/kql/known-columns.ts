import type { Instant } from '../core/period';
import type { Table } from '../core/table';
import type { ColumnProbe } from './column-probe';
import type { CompiledQuery } from './compiled-query';
import { KqlError, placeOf, type Place } from './errors';
import { parser } from './parser-process';
import { pivotText, pivotValue } from './pivot-text';
import { schemaText, type Schema } from './schema';
import { unpackedSlot, unpackText } from './unpack-text';

/** A query uses at most so many plugins whose columns depend on the data. */
const MOST_PLUGINS = 8;

/** Whether a query may have columns that depend on the data. */
export function mayDependOnData(text: string): boolean {
  return /\b(bag_unpack|pivot)\b/.test(text);
}

/**
 * The query with each `bag_unpack` that does not say its columns, and each `pivot`, replaced by a `project` or
 * `summarize` of the columns that the data has, for which `ask` answers a query first. Other queries stay as they are.
 */
export function withKnownColumns(
  text: string,
  schema: Schema,
  { now }: { readonly now: Instant },
  ask: (query: CompiledQuery) => Promise<Table>,
): Promise<string> {
  const probe = (known: string): Promise<ColumnProbe | null> =>
    parser.ask({ name: 'probe', text: known, schema: schemaText(schema), now });
  return resolveColumns(text, probe, ask);
}

/** The same with another way to find the probes. */
export async function resolveColumns(
  text: string,
  probe: (text: string) => Promise<ColumnProbe | null> | ColumnProbe | null,
  ask: (query: CompiledQuery) => Promise<Table>,
): Promise<string> {
  let known = text;
  for (let i = 0; i < MOST_PLUGINS && mayDependOnData(known); i += 1) {
    const found = await probe(known);
    if (found === null) return known;
    const operator = await knownOperator(found, ask).catch((error: unknown) => {
      // Later places are those of a text that nobody wrote.
      throw i === 0 ? placed(error, placeOf(text, found.start)) : error;
    });
    known = `${known.slice(0, found.start)}${operator}${known.slice(found.end)}`;
  }
  return known;
}

async function knownOperator(
  probe: ColumnProbe,
  ask: (query: CompiledQuery) => Promise<Table>,
): Promise<string> {
  const { rows } = await ask(probe.query);
  return probe.plugin === 'pivot'
    ? pivotText(probe, Array.from(rows, pivotValue))
    : unpackText(probe, Array.from(rows, unpackedSlot));
}

/** An error at a place, unless it has one. */
function placed(error: unknown, place: Place): unknown {
  if (!(error instanceof KqlError) || error.line !== undefined) return error;
  return new KqlError(error.code, error.message, place, error.hint);
}
