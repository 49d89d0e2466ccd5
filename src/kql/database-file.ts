import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';

/** Where a store in a folder keeps its tables. */
export function databaseFile(directory: string): string {
  return join(resolve(directory), 'tables.duckdb');
}

/** Removes the database of a store that is closed, or whose process has ended. */
export async function removeDatabase(directory: string): Promise<void> {
  const file = databaseFile(directory);
  await rm(file, { force: true });
  await rm(`${file}.wal`, { force: true });
}
