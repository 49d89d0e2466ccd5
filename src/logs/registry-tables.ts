import { pickFields } from './flatten';
import { RESOURCE_COLUMNS, segmentAfter, type TableShape } from './table-shape';

/** Fields that both kinds of registry events have; where they stand in the record was seen in one real record. */
const EVENT_FIELDS = [
  'time',
  'category',
  'resourceId',
  'operationName',
  'identity',
  'location',
  'resultType',
  'resultDescription',
  'durationMs',
  'callerIpAddress',
  'correlationId',
  'loginServer',
  'userAgent',
] as const;

const EVENT_COLUMNS: Readonly<Record<string, string>> = {
  CallerIpAddress: '"callerIpAddress"',
  Category: '"category"',
  CorrelationId: '"correlationId"',
  DurationMs: '"durationMs"',
  Identity: '"identity"',
  LoginServer: '"loginServer"',
  OperationName: '"operationName"',
  Region: '"location"',
  ResultDescription: '"resultDescription"',
  ResultType: '"resultType"',
  UserAgent: '"userAgent"',
};

const LOGIN_FIELDS = [...EVENT_FIELDS, 'jwtId'];

/** Logins at a registry. */
export const LOGIN_EVENTS: TableShape = {
  table: 'ContainerRegistryLoginEvents',
  category: 'insights-logs-containerregistryloginevents',
  fields: LOGIN_FIELDS,
  optional: ['jwtId'],
  direct: true,
  byRegistry: true,
  columns: { ...EVENT_COLUMNS, JwtId: '"jwtId"' },
  resourceColumns: RESOURCE_COLUMNS,
  key: ['TimeGenerated', 'CorrelationId'],
  flatten: (record) => pickFields(record, LOGIN_FIELDS),
};

const REPOSITORY_FIELDS = [
  ...EVENT_FIELDS,
  'repository',
  'tag',
  'digest',
  'mediaType',
  'artifactType',
  'size',
  'tenantId',
];

/** Pulls, pushes, untags and deletions. */
export const REPOSITORY_EVENTS: TableShape = {
  table: 'ContainerRegistryRepositoryEvents',
  category: 'insights-logs-containerregistryrepositoryevents',
  fields: REPOSITORY_FIELDS,
  optional: ['size'],
  direct: true,
  byRegistry: true,
  columns: {
    ...EVENT_COLUMNS,
    ArtifactType: '"artifactType"',
    Digest: '"digest"',
    MediaType: '"mediaType"',
    Repository: '"repository"',
    Size: 'TRY_CAST("size" AS INTEGER)',
    Tag: '"tag"',
    UserTenantId: '"tenantId"',
  },
  resourceColumns: RESOURCE_COLUMNS,
  key: ['TimeGenerated', 'CorrelationId'],
  flatten: (record) => pickFields(record, REPOSITORY_FIELDS),
};

const METRIC_FIELDS = [
  'time',
  'resourceId',
  'metricName',
  'timeGrain',
  'count',
  'total',
  'minimum',
  'maximum',
  'average',
];

/** The units that Microsoft documents for the registry's metrics; the export does not carry them. */
const METRIC_UNITS: Readonly<Record<string, readonly string[]>> = {
  Count: ['TotalPullCount', 'SuccessfulPullCount', 'TotalPushCount', 'SuccessfulPushCount'],
  MilliSeconds: ['RunDuration'],
  Seconds: ['AgentPoolCPUTime'],
  Bytes: ['StorageUsed'],
};

/** The platform's own counts, as diagnostic settings export them. */
export const METRICS: TableShape = {
  table: 'AzureMetrics',
  category: 'insights-metrics-pt1m',
  fields: METRIC_FIELDS,
  optional: [],
  direct: true,
  byRegistry: true,
  columns: {
    Average: 'TRY_CAST("average" AS DOUBLE)',
    Count: 'TRY_CAST("count" AS DOUBLE)',
    Maximum: 'TRY_CAST("maximum" AS DOUBLE)',
    MetricName: '"metricName"',
    Minimum: 'TRY_CAST("minimum" AS DOUBLE)',
    ResourceId: '"resourceId"',
    TimeGrain: '"timeGrain"',
    Total: 'TRY_CAST("total" AS DOUBLE)',
    UnitName: unitSql(),
  },
  resourceColumns: {
    ...RESOURCE_COLUMNS,
    Resource: `split_part("resourceId", '/', -1)`,
    ResourceGroup: segmentAfter('/RESOURCEGROUPS/', 'upper("resourceId")'),
    ResourceProvider: segmentAfter('/PROVIDERS/', 'upper("resourceId")'),
    SubscriptionId: segmentAfter('/subscriptions/', 'lower("resourceId")'),
  },
  key: ['TimeGenerated', 'MetricName', '_ResourceId', 'TimeGrain'],
  flatten: (record) => pickFields(record, METRIC_FIELDS),
};

function unitSql(): string {
  const cases = Object.entries(METRIC_UNITS).map(
    ([unit, names]) =>
      `WHEN "metricName" IN (${names.map((name) => `'${name}'`).join(', ')}) THEN '${unit}'`,
  );
  return `CASE ${cases.join(' ')} ELSE '' END`;
}
