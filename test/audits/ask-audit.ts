import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { loadCatalog } from '../../src/catalog/load-catalog';
import { bindParameters } from '../../src/catalog/parameters';
import type { AuditDefinition, Catalog } from '../../src/core/definitions';
import type { LogSession, LogSource } from '../../src/core/logs';
import type { Interval } from '../../src/core/period';
import type { Cell } from '../../src/core/table';
import { rowAsRecord } from '../../src/core/table';
import { createFolderTree } from '../../src/logs/folder-tree';
import { createLogArchive } from '../../src/logs/log-archive';
import { openStoreInProcess } from '../support/store-in-process';

export type Values = Readonly<Record<string, Cell>>;

let shipped: Promise<Catalog> | undefined;

/** The shipped definitions, read once. */
export function shippedCatalog(): Promise<Catalog> {
  shipped ??= loadCatalog(join(__dirname, '../../templates'));
  return shipped;
}

/** The rows of a complete answer with the declared columns; throws with the audit's name otherwise. */
export async function askAudit(
  session: LogSession,
  audit: AuditDefinition,
  timeZone: string,
  period: Interval,
): Promise<Values[]> {
  const answer = await session.query(bindParameters(audit, { timeZone }, period).kql);
  if (answer.status !== 'complete') throw new Error(`${audit.id}: ${answer.reason}`);
  expect([audit.id, answer.table.columns]).toEqual([audit.id, audit.columns]);
  return Array.from(answer.table.rows, (row) => rowAsRecord(answer.table, row));
}

/** A session over all tables of a folder of raw logs. */
export async function openLogs(
  folder: string,
  scratch: string,
  end: string,
): Promise<{ source: LogSource; session: LogSession }> {
  const source = createLogArchive({
    tree: createFolderTree(folder),
    scratch,
    now: () => end,
    missingTables: 'empty',
    openTables: openStoreInProcess,
  });
  const session = await source.open({
    scope: { id: 'all', registries: 'all' },
    window: { start: '2026-01-01T00:00:00.000Z', end },
    tables: [
      'ContainerRegistryLoginEvents',
      'ContainerRegistryRepositoryEvents',
      'AzureMetrics',
      'AzureActivity',
    ],
  });
  return { source, session };
}

const RESOURCE =
  '/SUBSCRIPTIONS/0A0A0A0A-0000-4000-8000-000000000001/RESOURCEGROUPS/RG/PROVIDERS/MICROSOFT.CONTAINERREGISTRY/REGISTRIES/CONTOSO';

/** A record for `answersOver`; `time` is ISO 8601 UTC. */
export interface Event {
  readonly time: string;
  readonly operation: string;
  readonly result: string;
  readonly identity?: string;
  readonly address?: string;
  readonly userAgent?: string;
  readonly repository?: string;
  readonly tag?: string;
  readonly digest?: string;
}

/** A raw record of the activity log. */
export interface Activity {
  readonly time: string;
  readonly operation: string;
  readonly resource: string;
  readonly result: string;
  readonly correlation: string;
}

/** What one shipped audit answers over a few records of the registry contoso, for one period. */
export async function answersOver(
  auditId: string,
  records: readonly (Event | Activity)[],
  period: Interval,
  timeZone = 'UTC',
): Promise<Values[]> {
  const folder = await mkdtemp(join(tmpdir(), 'tallyman-audit-'));
  try {
    for (const [path, lines] of rawFiles(records)) {
      await mkdir(dirname(join(folder, 'logs', path)), { recursive: true });
      await writeFile(join(folder, 'logs', path), lines.map((line) => `${line}\n`).join(''));
    }
    const { source, session } = await openLogs(join(folder, 'logs'), folder, period.end);
    const audit = (await shippedCatalog()).audits.find(({ id }) => id === auditId);
    if (audit === undefined) throw new Error(`no audit ${auditId}`);
    const rows = await askAudit(session, audit, timeZone, period);
    await session.close();
    await source.close();
    return rows;
  } finally {
    await rm(folder, { recursive: true });
  }
}

function rawFiles(records: readonly (Event | Activity)[]): Map<string, string[]> {
  const files = new Map<string, string[]>();
  records.forEach((record, i) => {
    const [date, hour] = [record.time.slice(0, 10).split('-'), record.time.slice(11, 13)];
    const receipt = `y=${date[0] ?? ''}/m=${date[1] ?? ''}/d=${date[2] ?? ''}/h=${hour}/m=00/PT1H.json`;
    const isActivity = 'resource' in record;
    const folder = isActivity
      ? `insights-activity-logs/resourceId=${RESOURCE.split('/RESOURCEGROUPS')[0] ?? ''}`
      : `insights-logs-containerregistry${record.operation === 'Login' ? 'login' : 'repository'}events/resourceId=${RESOURCE}`;
    const path = `${folder}/${receipt}`;
    const raw = isActivity ? rawActivity(record) : rawEvent(record, i);
    files.set(path, [...(files.get(path) ?? []), JSON.stringify(raw)]);
  });
  return files;
}

function rawEvent(event: Event, i: number): unknown {
  const { time, operation, result, identity = '', address = '10.0.0.1' } = event;
  const category = `ContainerRegistry${operation === 'Login' ? 'Login' : 'Repository'}Events`;
  return {
    time,
    category,
    resourceId: RESOURCE,
    operationName: operation,
    identity,
    location: 'koreacentral',
    resultType: 'HttpStatusCode',
    resultDescription: result,
    durationMs: '12.5',
    callerIpAddress: address,
    correlationId: `c${i}`,
    properties: {
      loginServer: 'contoso.azurecr.io',
      userAgent: event.userAgent ?? 'docker/28.0.4',
      ...(operation === 'Login'
        ? {}
        : {
            repository: event.repository ?? 'web',
            tag: event.tag ?? '<nil>',
            digest: event.digest ?? '<nil>',
          }),
    },
  };
}

function rawActivity({ time, operation, resource, result, correlation }: Activity): unknown {
  return {
    time,
    resourceId: resource,
    operationName: operation,
    category: 'Write',
    resultType: result,
    resultSignature: `${result}.`,
    correlationId: correlation,
    callerIpAddress: '10.0.0.9',
    identity: {
      claims: { 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn': 'jane@contoso.com' },
    },
    level: 'Information',
    properties: { eventCategory: 'Administrative', entity: resource },
  };
}
