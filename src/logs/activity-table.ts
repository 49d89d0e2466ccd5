import { asJsonRecord, asText, field, type JsonRecord } from './flatten';
import { ticksFromIsoSql } from '../kql/ticks';
import { RESOURCE_COLUMNS, segmentAfter, type TableShape } from './table-shape';

/** Fields that `flatten` writes; most are columns as they are. */
const FIELDS = [
  'time',
  'resourceId',
  'operation',
  'operationText',
  'status',
  'substatus',
  'category',
  'categoryValue',
  'caller',
  'callerIpAddress',
  'correlationId',
  'level',
  'provider',
  'eventDataId',
  'operationId',
  'submitted',
  'hierarchy',
  'httpRequest',
  'authorization',
  'claims',
  'properties',
];

/** Words that the storage form has in `category`, where the real category is in `properties`. */
const STORAGE_CATEGORIES = ['write', 'delete', 'action'];

/**
 * The Activity Log. It comes in two forms: as a diagnostic setting stores it (operationName is a text,
 * who did it is in `identity`), and as the REST API tells it (operationName, status and category are
 * objects, `caller` and `claims` stand at the top).
 */
export const ACTIVITY: TableShape = {
  table: 'AzureActivity',
  category: 'insights-activity-logs',
  fields: FIELDS,
  optional: [],
  direct: false,
  byRegistry: false,
  columns: {
    ActivityStatus: '"status"',
    ActivityStatusValue: '"status"',
    ActivitySubstatus: '"substatus"',
    ActivitySubstatusValue: '"substatus"',
    Authorization: '"authorization"',
    Authorization_d: `nullif("authorization", '')`,
    Caller: '"caller"',
    CallerIpAddress: '"callerIpAddress"',
    Category: '"category"',
    CategoryValue: '"categoryValue"',
    Claims: '"claims"',
    Claims_d: `nullif("claims", '')`,
    CorrelationId: '"correlationId"',
    EventDataId: '"eventDataId"',
    EventSubmissionTimestamp: ticksFromIsoSql('"submitted"'),
    Hierarchy: '"hierarchy"',
    HTTPRequest: '"httpRequest"',
    Level: '"level"',
    OperationId: '"operationId"',
    OperationName: '"operationText"',
    OperationNameValue: 'upper("operation")',
    Properties: '"properties"',
    Properties_d: `nullif("properties", '')`,
    ResourceId: '"resourceId"',
    ResourceProvider: '"provider"',
    ResourceProviderValue: 'upper("provider")',
  },
  resourceColumns: {
    ...RESOURCE_COLUMNS,
    Resource: `split_part("resourceId", '/', -1)`,
    ResourceGroup: segmentAfter('/RESOURCEGROUPS/', 'upper("resourceId")'),
    SubscriptionId: segmentAfter('/subscriptions/', 'lower("resourceId")'),
  },
  key: ['TimeGenerated', 'CorrelationId'],
  flatten: flattenActivity,
};

function flattenActivity(record: JsonRecord): Record<string, string | undefined> {
  const at = (name: string): unknown => field(record, name);
  const identity = asJsonRecord(at('identity'));
  const claims = asJsonRecord(at('claims') ?? field(identity, 'claims'));
  const properties = asJsonRecord(at('properties'));
  const request = asJsonRecord(at('httpRequest'));
  const operation = valueOf(at('operationName'));
  const category = valueOf(at('category'));
  return {
    time: asText(at('time') ?? at('eventTimestamp')),
    resourceId: asText(at('resourceId')),
    operation,
    operationText: asText(field(asJsonRecord(at('operationName')), 'localizedValue')) ?? operation,
    status: valueOf(at('status') ?? at('resultType')),
    substatus: valueOf(at('subStatus')) ?? substatus(at('resultSignature')),
    category,
    categoryValue: asText(field(properties, 'eventCategory')) ?? realCategory(category),
    caller: callerOf(record, claims),
    callerIpAddress: asText(
      at('callerIpAddress') ?? field(request, 'clientIpAddress') ?? field(claims, 'ipaddr'),
    ),
    correlationId: asText(at('correlationId')),
    level: asText(at('level')),
    provider: valueOf(at('resourceProviderName')) ?? operation?.split('/', 1)[0],
    eventDataId: asText(at('eventDataId') ?? field(properties, 'eventDataId')),
    operationId: asText(at('operationId')),
    submitted: asText(at('submissionTimestamp')),
    hierarchy: asText(field(properties, 'hierarchy')),
    httpRequest: asText(request),
    authorization: asText(at('authorization') ?? field(identity, 'authorization')),
    claims: asText(claims),
    properties: asText(properties),
  };
}

/** `{ value, localizedValue }` of the REST form, or the text itself. */
function valueOf(value: unknown): string | undefined {
  return asText(field(asJsonRecord(value), 'value') ?? value);
}

/** `Created` of the storage form's `Succeeded.Created`. */
function substatus(signature: unknown): string | undefined {
  const text = asText(signature);
  return text?.slice(text.indexOf('.') + 1);
}

function realCategory(category: string | undefined): string | undefined {
  return category !== undefined && STORAGE_CATEGORIES.includes(category.toLowerCase())
    ? undefined
    : category;
}

/** A person's UPN, else the caller that the REST form names, else the application's id. */
function callerOf(record: JsonRecord, claims: JsonRecord | undefined): string | undefined {
  const upn = Object.entries(claims ?? {}).find(([name]) => /(^|\/)upn$/i.test(name));
  return asText(upn?.[1]) ?? asText(field(record, 'caller')) ?? asText(field(claims, 'appid'));
}
