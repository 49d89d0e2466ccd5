import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Cell, TableInMemory } from '../../src/core/table';
import { compileKql } from '../../src/kql/compile';
import { KqlError } from '../../src/kql/errors';
import { withKnownColumns } from '../../src/kql/known-columns';
import type { Schema } from '../../src/kql/schema';
import { TableStore } from '../../src/kql/store';

/** The instant that `now()` means in these tests. */
export const NOW = '2026-03-02T10:00:00.000Z';

/** An empty store in a folder of its own. */
export function openStore(): Promise<TableStore> {
  return TableStore.open({ directory: mkdtempSync(join(tmpdir(), 'tallyman-kql-')), readable: [] });
}

/** A query's answer. */
export async function ask(
  store: TableStore,
  kql: string,
  schema: Schema = {},
): Promise<TableInMemory> {
  const known = await withKnownColumns(kql, schema, { now: NOW }, (probe) => store.query(probe));
  return store.query(await compileKql(known, schema, { now: NOW }));
}

/** The only row of a query's answer. */
export async function askRow(
  store: TableStore,
  kql: string,
  schema: Schema = {},
): Promise<readonly Cell[]> {
  const table = await ask(store, kql, schema);
  if (table.rows.length !== 1) throw new Error(`${table.rows.length} rows`);
  return table.rows[0] ?? [];
}

/** The error with which a query is refused, before or while it runs. */
export async function refusal(
  store: TableStore,
  kql: string,
  schema: Schema = {},
): Promise<KqlError> {
  try {
    await ask(store, kql, schema);
  } catch (error) {
    if (error instanceof KqlError) return error;
    throw error;
  }
  throw new Error(`not refused: ${kql.slice(0, 200)}`);
}
