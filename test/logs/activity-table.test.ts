import { rm } from 'node:fs/promises';
import { archiveOf, ask, closeArchives } from './support/archive';
import { ACTIVITY, blobPath, newFolder, writeBlobs } from './support/raw-logs';

const ID =
  '/SUBSCRIPTIONS/S1/RESOURCEGROUPS/RG1/PROVIDERS/MICROSOFT.CONTAINERREGISTRY/REGISTRIES/CONTOSO';

const STORED = {
  time: '2026-03-02T22:14:26.9792776Z',
  resourceId: ID,
  operationName: 'microsoft.containerregistry/registries/delete',
  category: 'Delete',
  resultType: 'Success',
  resultSignature: 'Succeeded.OK',
  durationMs: 2826,
  callerIpAddress: '203.0.113.9',
  correlationId: 'c-9',
  identity: {
    authorization: { action: 'Microsoft.ContainerRegistry/registries/delete', scope: ID },
    claims: {
      'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn': 'admin@contoso.com',
      appid: '11112222-bbbb-3333-cccc-4444dddd5555',
    },
  },
  level: 'Information',
  location: 'global',
  properties: { statusCode: 'OK', eventCategory: 'Administrative', hierarchy: 'h-1' },
};

const TOLD = {
  authorization: { action: 'Microsoft.ContainerRegistry/registries/write', scope: '/x' },
  caller: 'told@contoso.com',
  category: { value: 'Administrative', localizedValue: 'Administrative' },
  claims: { appid: 'app-1' },
  correlationId: 'c-8',
  eventDataId: 'e-8',
  eventTimestamp: '2026-03-02T07:33:48.6456673Z',
  level: 'Informational',
  operationId: 'o-8',
  operationName: {
    value: 'Microsoft.ContainerRegistry/registries/write',
    localizedValue: 'Create or Update Container Registry',
  },
  resourceProviderName: { value: 'Microsoft.ContainerRegistry' },
  resourceId: ID.toLowerCase(),
  status: { value: 'Succeeded', localizedValue: 'Succeeded' },
  subStatus: { value: 'Created', localizedValue: 'Created (HTTP Status Code: 201)' },
  submissionTimestamp: '2026-03-02T07:35:06Z',
  httpRequest: { clientIpAddress: '198.51.100.7', method: 'PUT' },
  properties: { eventCategory: 'Administrative' },
};

describe('the Activity Log in a log archive', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await newFolder();
  });
  afterEach(async () => {
    await closeArchives();
    await rm(folder, { recursive: true, force: true });
  });

  const read = async (record: unknown): Promise<Record<string, unknown>> => {
    await writeBlobs(folder, {
      [blobPath(ACTIVITY, '/SUBSCRIPTIONS/S1', '2026-03-02T07')]: [JSON.stringify(record)],
    });
    const [row] = await ask(await archiveOf(folder), 'AzureActivity');
    return row ?? {};
  };

  it('reads the form that a diagnostic setting stores', async () => {
    expect(await read(STORED)).toMatchObject({
      TimeGenerated: '2026-03-02T22:14:26.9792776Z',
      OperationNameValue: 'MICROSOFT.CONTAINERREGISTRY/REGISTRIES/DELETE',
      OperationName: 'microsoft.containerregistry/registries/delete',
      ActivityStatusValue: 'Success',
      ActivitySubstatusValue: 'OK',
      Caller: 'admin@contoso.com',
      CallerIpAddress: '203.0.113.9',
      CategoryValue: 'Administrative',
      CorrelationId: 'c-9',
      Hierarchy: 'h-1',
      Level: 'Information',
      Resource: 'CONTOSO',
      ResourceGroup: 'RG1',
      ResourceProviderValue: 'MICROSOFT.CONTAINERREGISTRY',
      SubscriptionId: 's1',
      _ResourceId: ID.toLowerCase(),
      Properties: JSON.stringify(STORED.properties),
      Properties_d: JSON.stringify(STORED.properties),
      Authorization_d: JSON.stringify(STORED.identity.authorization),
      Claims_d: JSON.stringify(STORED.identity.claims),
      _TimeReceived: '2026-03-02T07:00:00Z',
    });
  });

  it('reads the form that the REST API tells', async () => {
    expect(await read(TOLD)).toMatchObject({
      TimeGenerated: '2026-03-02T07:33:48.6456673Z',
      OperationNameValue: 'MICROSOFT.CONTAINERREGISTRY/REGISTRIES/WRITE',
      OperationName: 'Create or Update Container Registry',
      ActivityStatusValue: 'Succeeded',
      ActivitySubstatusValue: 'Created',
      Caller: 'told@contoso.com',
      CallerIpAddress: '198.51.100.7',
      CategoryValue: 'Administrative',
      EventDataId: 'e-8',
      EventSubmissionTimestamp: '2026-03-02T07:35:06Z',
      OperationId: 'o-8',
      ResourceProvider: 'Microsoft.ContainerRegistry',
      Claims: JSON.stringify(TOLD.claims),
      HTTPRequest: JSON.stringify(TOLD.httpRequest),
    });
  });

  it('names the application when no person called, and leaves empty what is not there', async () => {
    const claims = { appid: 'app-7' };
    expect(await read({ ...STORED, identity: { claims } })).toMatchObject({
      Caller: 'app-7',
      Authorization: '',
      Authorization_d: null,
    });
    expect(
      await read({ time: STORED.time, category: 'Policy', correlationId: 'bare' }),
    ).toMatchObject({
      Caller: '',
      OperationNameValue: '',
      CategoryValue: 'Policy',
      EventSubmissionTimestamp: null,
      _ResourceId: '/subscriptions/s1',
    });
  });
});
