import { mapInParallel } from '../core/in-parallel';
import { parseJson, propertyOf } from '../core/json';
import type { Instant, Interval } from '../core/period';
import type {
  PlatformExchange,
  PlatformRecord,
  PlatformRequest,
  PlatformSource,
  PlatformTopic,
} from '../core/platform';
import type { ArmAnswer } from './arm-client';
import { ArmClient, type ArmClientOptions } from './arm-client';

export interface AzurePlatformOptions extends ArmClientOptions {
  readonly now: () => Instant;
  /** Only registries of these are looked for; all that the identity may see when empty. */
  readonly subscriptions: readonly string[];
}

/** Azure Resource Graph gives no more rows at a time. */
const PAGE = 1000;
/** 100,000 registries; more pages than that are a service that turns in circles. */
const MOST_PAGES = 100;
const REQUESTS_AT_ONCE = 8;

const REGISTRIES_QUERY = `resources
| where type =~ 'microsoft.containerregistry/registries'
| project id = tolower(id), name = tolower(name), location, loginServer = tolower(tostring(properties.loginServer)), createdAt = tostring(properties.creationDate)
| order by id asc`;

const METRICS = 'TotalPullCount,TotalPushCount';
const HOUR_MS = 3_600_000;

/**
 * Reads what Azure Resource Manager says about the registries of a scope: which there are (Azure Resource
 * Graph), their diagnostic settings, the workspaces that those name, and the platform's own hourly counts of
 * pulls and pushes. Diagnostic settings are in no list: each registry is asked for its own.
 */
export function createAzurePlatform(options: AzurePlatformOptions): PlatformSource {
  const client = new ArmClient(options);
  return {
    async list(): Promise<PlatformRecord> {
      const askedAt = options.now();
      const exchanges = await listRegistries(client, options.subscriptions);
      return { schema: 'tallyman/platform/1', askedAt, exchanges };
    },
    async ask(request: PlatformRequest): Promise<PlatformRecord> {
      const askedAt = options.now();
      const lists = await listRegistries(client, options.subscriptions);
      const registries = resourceIds(lists).filter((id) => isWanted(id, request.registries));
      const asked = await mapInParallel(registries, REQUESTS_AT_ONCE, async (id) => [
        exchange('settings', id, await client.get(settingsPath(id))),
        exchange('metrics', id, await client.get(metricsPath(id, request.period))),
      ]);
      const perRegistry = asked.flat();
      const workspaces = await mapInParallel(
        workspaceIds(perRegistry),
        REQUESTS_AT_ONCE,
        async (id) => exchange('workspace', id, await client.get(workspacePath(id))),
      );
      return {
        schema: 'tallyman/platform/1',
        askedAt,
        exchanges: [...lists, ...perRegistry, ...workspaces],
      };
    },
  };
}

async function listRegistries(
  client: ArmClient,
  subscriptions: readonly string[],
): Promise<PlatformExchange[]> {
  const path = '/providers/Microsoft.ResourceGraph/resources?api-version=2022-10-01';
  const pages: PlatformExchange[] = [];
  let skipToken: string | undefined;
  do {
    const answer = await client.post(path, {
      ...(subscriptions.length === 0 ? {} : { subscriptions }),
      query: REGISTRIES_QUERY,
      options: {
        $top: PAGE,
        resultFormat: 'objectArray',
        ...(skipToken === undefined ? {} : { $skipToken: skipToken }),
      },
    });
    pages.push(exchange('registries', '', answer));
    const next =
      answer.status === 200 ? propertyOf(parseJson(answer.body), '$skipToken') : undefined;
    skipToken = typeof next === 'string' && next !== '' ? next : undefined;
  } while (skipToken !== undefined && pages.length < MOST_PAGES);
  return pages;
}

function resourceIds(pages: readonly PlatformExchange[]): string[] {
  const ids = pages.flatMap(({ body }) => {
    const data = propertyOf(parseJson(body), 'data');
    return Array.isArray(data) ? data.map((row: unknown) => propertyOf(row, 'id')) : [];
  });
  const isRegistry =
    /^\/subscriptions\/[^/?#]+\/resourcegroups\/[^/?#]+\/providers\/microsoft\.containerregistry\/registries\/[^/?#]+$/;
  return [
    ...new Set(ids.filter((id): id is string => typeof id === 'string' && isRegistry.test(id))),
  ];
}

function isWanted(id: string, registries: PlatformRequest['registries']): boolean {
  return registries === 'all' || registries.includes(id.slice(id.lastIndexOf('/') + 1));
}

/** Every workspace that a diagnostic setting names, once. */
function workspaceIds(exchanges: readonly PlatformExchange[]): string[] {
  const ids = exchanges
    .filter(({ about, status }) => about === 'settings' && status === 200)
    .flatMap(({ body }) => {
      const settings = propertyOf(parseJson(body), 'value');
      return Array.isArray(settings)
        ? settings.map((setting: unknown) =>
            propertyOf(propertyOf(setting, 'properties'), 'workspaceId'),
          )
        : [];
    });
  const isWorkspace = /^\/subscriptions\/[^?#]+\/workspaces\/[^/?#]+$/i;
  return [
    ...new Set(
      ids
        .filter((id): id is string => typeof id === 'string' && isWorkspace.test(id))
        .map((id) => id.toLowerCase()),
    ),
  ].sort();
}

function settingsPath(id: string): string {
  return `${id}/providers/Microsoft.Insights/diagnosticSettings?api-version=2021-05-01-preview`;
}

function workspacePath(id: string): string {
  return `${id}?api-version=2023-09-01`;
}

function metricsPath(id: string, { start, end }: Interval): string {
  const query = new URLSearchParams({
    'api-version': '2023-10-01',
    metricnames: METRICS,
    aggregation: 'Total',
    interval: grainOf(start),
    timespan: `${start}/${end}`,
  });
  return `${id}/providers/Microsoft.Insights/metrics?${query.toString()}`;
}

/** The largest grain of which no piece lies in two hours of a period that begins so: zones differ by quarters. */
function grainOf(start: Instant): string {
  const offset = Date.parse(start) % HOUR_MS;
  if (offset === 0) return 'PT1H';
  return offset === HOUR_MS / 2 ? 'PT30M' : 'PT15M';
}

function exchange(about: PlatformTopic, resource: string, answer: ArmAnswer): PlatformExchange {
  return { about, resource, ...answer };
}
