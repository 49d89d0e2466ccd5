import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const SUBSCRIPTION = '00000000-0000-0000-0000-000000000009';

export const LOGIN = 'insights-logs-containerregistryloginevents';
export const REPOSITORY = 'insights-logs-containerregistryrepositoryevents';
export const METRICS = 'insights-metrics-pt1m';
export const ACTIVITY = 'insights-activity-logs';

/** A new, empty folder. */
export async function newFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'tallyman-logs-'));
}

export function resourceOf(registry: string): string {
  const name = registry.toUpperCase();
  return `/SUBSCRIPTIONS/${SUBSCRIPTION}/RESOURCEGROUPS/DOCKER/PROVIDERS/MICROSOFT.CONTAINERREGISTRY/REGISTRIES/${name}`;
}

/** `hour` is `2026-03-02T07`. */
export function blobPath(category: string, resource: string, hour: string, file = 'PT1H'): string {
  const [year = '', month = '', day = '', time = ''] = hour.split(/[-T]/);
  return `${category}/resourceId=${resource}/y=${year}/m=${month}/d=${day}/h=${time}/m=00/${file}.json`;
}

/** Writes blobs (path → lines, or all bytes) below a folder; a list gets a line feed after each line. */
export async function writeBlobs(
  folder: string,
  blobs: Readonly<Record<string, readonly string[] | Buffer | string>>,
): Promise<void> {
  for (const [path, content] of Object.entries(blobs)) {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    const isLines = typeof content !== 'string' && !Buffer.isBuffer(content);
    await writeFile(file, isLines ? content.map((line) => `${line}\n`).join('') : content);
  }
}

interface RepositoryEvent {
  readonly time: string;
  readonly registry?: string;
  readonly operation?: string;
  readonly identity?: unknown;
  readonly repository?: string;
  readonly tag?: string;
  readonly digest?: string;
  readonly correlation?: string;
  readonly address?: string;
  readonly userAgent?: string;
  readonly status?: string;
}

/** A repository event as Azure writes it, field for field. */
export function repositoryRecord(event: RepositoryEvent): Record<string, unknown> {
  const registry = event.registry ?? 'contoso';
  return {
    time: event.time,
    category: 'ContainerRegistryRepositoryEvents',
    resourceId: resourceOf(registry),
    operationName: event.operation ?? 'Pull',
    identity: event.identity ?? 'jane@example.com',
    location: 'westeurope',
    resultType: 'HttpStatusCode',
    resultDescription: event.status ?? '200',
    durationMs: '38.212784',
    callerIpAddress: event.address ?? '203.0.113.18',
    correlationId: event.correlation ?? 'c-1',
    properties: {
      tag: event.tag ?? 'v1',
      digest: event.digest ?? '<nil>',
      mediaType: '<nil>',
      repository: event.repository ?? 'tipster',
      artifactType: 'acr.docker',
      tenantId: '00000000-0000-0000-0000-000000000011',
      loginServer: `${registry}.azurecr.io`,
      userAgent: event.userAgent ?? 'docker/28',
    },
    RegionStamp: 'weu-3',
  };
}

export function repositoryEvent(event: RepositoryEvent): string {
  return JSON.stringify(repositoryRecord(event)).replace('{', '{ ');
}

export function loginEvent(event: {
  time: string;
  registry?: string;
  identity?: string;
  status?: string;
}): string {
  const registry = event.registry ?? 'contoso';
  return JSON.stringify({
    time: event.time,
    category: 'ContainerRegistryLoginEvents',
    resourceId: resourceOf(registry),
    operationName: 'Login',
    identity: event.identity ?? '<nil>',
    location: 'westeurope',
    resultType: 'HttpStatusCode',
    resultDescription: event.status ?? '401',
    durationMs: '1.5',
    callerIpAddress: '203.0.113.19',
    correlationId: 'l-1',
    properties: {
      jwtId: 'jwt-1',
      loginServer: `${registry}.azurecr.io`,
      userAgent: 'containerd/2',
      tenantId: '-',
    },
  });
}

export function metricRecord(time: string, metricName: string, total: number): string {
  return JSON.stringify({
    count: 1,
    total,
    minimum: total,
    maximum: total,
    average: total,
    resourceId: resourceOf('contoso'),
    time,
    metricName,
    timeGrain: 'PT1M',
  });
}
