import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TokenCredential } from '@azure/identity';

const TOKEN = 'an-arm-token';
const HOUR_MS = 3_600_000;

/** One registry as the server knows it. */
export interface KnownRegistry {
  readonly name: string;
  readonly createdAt?: string;
  /** The properties of its diagnostic settings, by name. */
  readonly settings: Readonly<Record<string, object>>;
  /** Pulls and pushes by hour from the beginning of the timespan that is asked for; 0 beyond. */
  readonly pulls?: readonly number[];
  readonly pushes?: readonly number[];
}

/** What the server does instead of answering as it should. */
export interface ArmFault {
  readonly when: RegExp;
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Closes the connection instead. */
  readonly hangUp?: true;
}

/** Azure Resource Manager on this machine, for the four questions that are asked of it. */
export interface ArmServer {
  readonly endpoint: string;
  readonly credential: TokenCredential;
  registries: KnownRegistry[];
  /** Properties of workspaces by resource id in lower case. */
  workspaces: Record<string, object>;
  /** For the next requests that match, in order. */
  readonly faults: ArmFault[];
  /** `GET /path?query` of every request. */
  readonly received: string[];
  /** Rows that Azure Resource Graph gives at a time. */
  page: number;
  stop(): Promise<void>;
}

export const WORKSPACE =
  '/subscriptions/s1/resourcegroups/logs/providers/microsoft.operationalinsights/workspaces/audit';

/** The resource id that the server gives a registry. */
export function registryId(name: string): string {
  return `/subscriptions/s1/resourcegroups/images/providers/microsoft.containerregistry/registries/${name}`;
}

/** The properties of a diagnostic setting that sends a category group to the workspace. */
export function groupSetting(
  categoryGroup: string,
  destination: object = { workspaceId: WORKSPACE },
): object {
  return { ...destination, logs: [{ category: null, categoryGroup, enabled: true }], metrics: [] };
}

/** Starts the server. It wants a bearer token, and the API versions that have been documented. */
export async function startArmServer(): Promise<ArmServer> {
  const state = {
    registries: [] as KnownRegistry[],
    workspaces: {} as Record<string, object>,
    faults: [] as ArmFault[],
    received: [] as string[],
    page: 1000,
  };
  const server = createServer((request, response) => {
    respond(arm, request, response).catch((error: unknown) =>
      response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const arm: ArmServer = {
    ...state,
    endpoint: `http://127.0.0.1:${port}`,
    credential: {
      getToken: () => Promise.resolve({ token: TOKEN, expiresOnTimestamp: Date.now() + HOUR_MS }),
    },
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => {
          resolve();
        });
      }),
  };
  return arm;
}

async function respond(
  arm: ArmServer,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const url = request.url ?? '';
  arm.received.push(`${request.method ?? ''} ${url}`);
  const index = arm.faults.findIndex(({ when }) => when.test(url));
  const [fault] = index === -1 ? [] : arm.faults.splice(index, 1);
  if (fault?.hangUp === true) {
    request.socket.destroy();
    return;
  }
  if (fault !== undefined) {
    response.writeHead(fault.status, fault.headers).end(fault.body);
    return;
  }
  if (request.headers.authorization !== `Bearer ${TOKEN}`) {
    send(response, 401, { error: { code: 'AuthenticationFailed', message: 'No token.' } });
    return;
  }
  const { status, body } = answerTo(
    arm,
    new URL(url, arm.endpoint),
    Buffer.concat(chunks).toString(),
  );
  send(response, status, body);
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function answerTo(arm: ArmServer, url: URL, body: string): { status: number; body: object } {
  const version = url.searchParams.get('api-version');
  const path = url.pathname;
  if (path === '/providers/Microsoft.ResourceGraph/resources' && version === '2022-10-01') {
    return { status: 200, body: resourceGraph(arm, JSON.parse(body) as ResourceGraphQuestion) };
  }
  const workspace = arm.workspaces[path];
  if (workspace !== undefined && version === '2023-09-01') {
    return { status: 200, body: { id: path, properties: workspace } };
  }
  const registry = arm.registries.find(({ name }) => path.startsWith(`${registryId(name)}/`));
  const rest = registry === undefined ? '' : path.slice(registryId(registry.name).length);
  if (
    registry !== undefined &&
    version === '2021-05-01-preview' &&
    /\/diagnosticSettings$/.test(rest)
  ) {
    const value = Object.entries(registry.settings).map(([name, properties]) => ({
      id: `${path}/${name}`,
      type: 'Microsoft.Insights/diagnosticSettings',
      name,
      properties,
    }));
    return { status: 200, body: { value } };
  }
  if (registry !== undefined && version === '2023-10-01' && /\/metrics$/.test(rest)) {
    return { status: 200, body: metricsOf(registry, path, url.searchParams) };
  }
  return { status: 404, body: { error: { code: 'ResourceNotFound', message: `No ${path}.` } } };
}

interface ResourceGraphQuestion {
  readonly query: string;
  readonly options: { readonly $top: number; readonly $skipToken?: string };
}

function resourceGraph(arm: ArmServer, { query, options }: ResourceGraphQuestion): object {
  if (!query.includes("'microsoft.containerregistry/registries'"))
    return { error: { code: 'BadRequest' } };
  const from = Number(options.$skipToken ?? 0);
  const to = Math.min(from + Math.min(options.$top, arm.page), arm.registries.length);
  const data = arm.registries
    .slice(from, to)
    .map(({ name, createdAt = '2025-01-01T00:00:00Z' }) => ({
      id: registryId(name),
      name,
      location: 'westeurope',
      loginServer: `${name}.azurecr.io`,
      createdAt,
    }));
  return {
    totalRecords: arm.registries.length,
    count: data.length,
    data,
    facets: [],
    resultTruncated: to < arm.registries.length ? 'true' : 'false',
    ...(to < arm.registries.length ? { $skipToken: String(to) } : {}),
  };
}

const GRAINS: Readonly<Record<string, number>> = { PT1H: 1, PT30M: 2, PT15M: 4 };

function metricsOf(registry: KnownRegistry, path: string, query: URLSearchParams): object {
  const [start = '', end = ''] = (query.get('timespan') ?? '').split('/');
  const pieces = GRAINS[query.get('interval') ?? ''] ?? 0;
  const series = (counts: readonly number[] | undefined): object[] => {
    const data: object[] = [];
    const step = HOUR_MS / pieces;
    for (let time = Date.parse(start), at = 0; time < Date.parse(end); time += step, at++) {
      const count = counts?.[Math.floor(at / pieces)] ?? 0;
      // Everything of an hour is in its first piece.
      const total = at % pieces === 0 ? count : 0;
      data.push({ timeStamp: new Date(time).toISOString().replace('.000Z', 'Z'), total });
    }
    return [{ metadatavalues: [], data }];
  };
  const names = (query.get('metricnames') ?? '').split(',');
  return {
    cost: 0,
    timespan: `${start}/${end}`,
    interval: query.get('interval'),
    value: names.map((name) => ({
      id: `${path}/${name}`,
      type: 'Microsoft.Insights/metrics',
      name: { value: name, localizedValue: name },
      unit: 'Count',
      timeseries: series(name === 'TotalPullCount' ? registry.pulls : registry.pushes),
      errorCode: 'Success',
    })),
    namespace: 'Microsoft.ContainerRegistry/registries',
    resourceregion: 'westeurope',
  };
}
