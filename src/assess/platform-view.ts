import { z } from 'zod';
import { parseJson } from '../core/json';
import type { Text } from '../core/language';
import { phrase } from '../core/language';
import type { Instant, Interval } from '../core/period';
import type { PlatformExchange, PlatformRecord, PlatformTopic } from '../core/platform';
import { HOUR_MS, hourCount, hourOf } from './hours';

/** A value that was told, or a sentence that says why it was not. */
export type Told<T> =
  { readonly told: true; readonly value: T } | { readonly told: false; readonly reason: Text };

/** A registry that Azure shows. */
export interface RegistryResource {
  /** Resource id in lower case. */
  readonly id: string;
  /** Resource name in lower case. */
  readonly name: string;
  /** Undefined when Azure does not say. */
  readonly loginServer: string | undefined;
  /** Undefined when Azure does not say. */
  readonly createdAt: Instant | undefined;
}

const text = z.string();
const registryPage = z.object({
  totalRecords: z.number(),
  resultTruncated: z.string().optional(),
  data: z.array(
    z.object({ id: text, name: text, loginServer: text.nullish(), createdAt: text.nullish() }),
  ),
});

const diagnosticSettings = z.object({
  value: z.array(
    z.object({
      name: text,
      properties: z.object({
        workspaceId: text.nullish(),
        storageAccountId: text.nullish(),
        eventHubAuthorizationRuleId: text.nullish(),
        marketplacePartnerId: text.nullish(),
        logs: z
          .array(
            z.object({
              category: text.nullish(),
              categoryGroup: text.nullish(),
              enabled: z.boolean(),
            }),
          )
          .nullish(),
      }),
    }),
  ),
});

/** One diagnostic setting of a registry, as Azure Resource Manager gives it. */
export type DiagnosticSetting = z.infer<typeof diagnosticSettings>['value'][number];

const workspace = z.object({
  properties: z.object({
    customerId: text,
    retentionInDays: z.number().nullish(),
    workspaceCapping: z
      .object({ dailyQuotaGb: z.number().nullish(), dataIngestionStatus: text.nullish() })
      .nullish(),
    defaultDataCollectionRuleResourceId: text.nullish(),
  }),
});

/** What a workspace that settings send to says of itself. */
export type WorkspaceState = z.infer<typeof workspace>['properties'];

const metrics = z.object({
  value: z.array(
    z.object({
      name: z.object({ value: text }),
      timeseries: z.array(
        z.object({ data: z.array(z.object({ timeStamp: text, total: z.number().nullish() })) }),
      ),
    }),
  ),
});

const COUNTED = ['TotalPullCount', 'TotalPushCount'];

/** Every registry that the identity may see; not told when any page is missing. */
export function registriesOf(record: PlatformRecord): Told<readonly RegistryResource[]> {
  const pages = record.exchanges.filter(({ about }) => about === 'registries');
  const registries: RegistryResource[] = [];
  let total = 0;
  for (const page of pages) {
    const read = readBody(page, registryPage);
    if (!read.told) return read;
    total = read.value.totalRecords;
    for (const { id, name, loginServer, createdAt } of read.value.data) {
      registries.push({
        id: id.toLowerCase(),
        name: name.toLowerCase(),
        loginServer: loginServer ?? undefined,
        createdAt: instant(createdAt),
      });
    }
  }
  if (pages.length === 0) return { told: false, reason: phrase('platform.notAsked') };
  if (registries.length < total) {
    const reason = phrase('platform.listCut', { rows: registries.length, total });
    return { told: false, reason };
  }
  return { told: true, value: registries };
}

/** The diagnostic settings of one registry. */
export function settingsOf(record: PlatformRecord, id: string): Told<readonly DiagnosticSetting[]> {
  const read = readTopic(record, 'settings', id, diagnosticSettings);
  return read.told ? { told: true, value: read.value.value } : read;
}

/** A workspace, by its resource id in any case. */
export function workspaceOf(record: PlatformRecord, id: string): Told<WorkspaceState> {
  const read = readTopic(record, 'workspace', id.toLowerCase(), workspace);
  return read.told ? { told: true, value: read.value.properties } : read;
}

/**
 * Pulls and pushes by hour of the period, as the platform counted them. An hour for which either count is
 * missing is left out: nothing is known of it.
 */
export function metricCounts(
  record: PlatformRecord,
  id: string,
  period: Interval,
): Told<ReadonlyMap<number, number>> {
  const read = readTopic(record, 'metrics', id, metrics);
  if (!read.told) return read;
  const counts = COUNTED.map((name) => {
    const byHour = new Map<number, number[]>();
    const metric = read.value.value.filter((one) => one.name.value === name);
    for (const { timeStamp, total } of metric.flatMap(({ timeseries }) =>
      timeseries.flatMap(({ data }) => data),
    )) {
      const hour = hourOf(period, timeStamp);
      byHour.set(hour, [...(byHour.get(hour) ?? []), total ?? Number.NaN]);
    }
    return byHour;
  });
  const [pulls, pushes] = counts;
  const both = new Map<number, number>();
  for (let hour = 0; hour < hourCount(period); hour++) {
    const pieces = [...(pulls?.get(hour) ?? []), ...(pushes?.get(hour) ?? [])];
    const count = pieces.reduce((sum, piece) => sum + piece, 0);
    if (pieces.length === COUNTED.length * piecesOfHour(period) && count >= 0)
      both.set(hour, count);
  }
  return both.size === 0
    ? { told: false, reason: phrase('platform.noCount') }
    : { told: true, value: both };
}

/** Zones differ by quarters of an hour, and no piece may lie in two hours of the period. */
function piecesOfHour({ start }: Interval): number {
  const offset = Date.parse(start) % HOUR_MS;
  return offset === 0 ? 1 : offset === HOUR_MS / 2 ? 2 : 4;
}

function readTopic<T>(
  record: PlatformRecord,
  about: PlatformTopic,
  id: string,
  schema: z.ZodType<T>,
): Told<T> {
  const found = record.exchanges.find((one) => one.about === about && one.resource === id);
  if (found === undefined) return { told: false, reason: phrase('platform.notAsked') };
  return readBody(found, schema);
}

function readBody<T>(exchange: PlatformExchange, schema: z.ZodType<T>): Told<T> {
  const { status, body } = exchange;
  if (status === 0) return { told: false, reason: body };
  const value = parseJson(body);
  if (status !== 200) {
    const error = z
      .object({ error: z.object({ code: text, message: text.nullish() }) })
      .safeParse(value);
    const words = error.success ? `: ${error.data.error.code}` : '';
    return { told: false, reason: phrase('platform.answered', { answer: `${status}${words}` }) };
  }
  const read = schema.safeParse(value);
  return read.success
    ? { told: true, value: read.data }
    : { told: false, reason: phrase('platform.otherForm') };
}

function instant(time: string | null | undefined): Instant | undefined {
  const parsedTime = Date.parse(time ?? '');
  return Number.isNaN(parsedTime) ? undefined : new Date(parsedTime).toISOString();
}
