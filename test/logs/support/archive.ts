import { join } from 'node:path';
import type { Answer, LogRequest, LogSource } from '../../../src/core/logs';
import type { Cell } from '../../../src/core/table';
import { rowAsRecord } from '../../../src/core/table';
import { createFolderTree } from '../../../src/logs/folder-tree';
import { createLogArchive, type LogArchiveOptions } from '../../../src/logs/log-archive';
import { openStoreInProcess } from '../../support/store-in-process';
import { newFolder } from './raw-logs';

/** A whole day, every registry, every table of an archive. */
export const DAY: LogRequest = {
  scope: { id: 'all', registries: 'all' },
  window: { start: '2026-03-02T00:00:00.000Z', end: '2026-03-03T00:00:00.000Z' },
  tables: [
    'ContainerRegistryLoginEvents',
    'ContainerRegistryRepositoryEvents',
    'AzureMetrics',
    'AzureActivity',
  ],
};

/** The answers' executedAt in tests. */
export const NOW = '2026-03-04T08:00:00.000Z';

const opened: LogSource[] = [];

/** A log archive over a folder; closeArchives ends it. */
export async function archiveOf(
  folder: string,
  options: Partial<LogArchiveOptions> = {},
): Promise<LogSource> {
  const source = createLogArchive({
    tree: createFolderTree(folder),
    scratch: join(await newFolder(), 'scratch'),
    now: () => NOW,
    openTables: openStoreInProcess,
    ...options,
  });
  opened.push(source);
  return source;
}

export async function closeArchives(): Promise<void> {
  for (const source of opened.splice(0)) await source.close();
}

/** The rows of an answer that must be complete, by column name. */
export function rowsOf(answer: Answer): Record<string, Cell>[] {
  if (answer.status !== 'complete') throw new Error(JSON.stringify(answer));
  return Array.from(answer.table.rows, (row) => rowAsRecord(answer.table, row));
}

/** Opens a session, asks one query and closes: its rows. */
export async function ask(
  source: LogSource,
  kql: string,
  request: LogRequest = DAY,
): Promise<Record<string, Cell>[]> {
  const session = await source.open(request);
  const rows = rowsOf(await session.query(kql));
  await session.close();
  return rows;
}
