import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readChain } from '../../src/archive/chain';
import { createFolderStore } from '../../src/archive/folder-store';
import { verifyArchive } from '../../src/archive/verify';
import type { Composed } from '../../src/compose';
import { compose } from '../../src/compose';
import { openMaker } from '../../src/shipped';
import { parsePeriod } from '../../src/core/period';
import type { Scope } from '../../src/core/definitions';
import type { LogSource } from '../../src/core/logs';
import type { Report } from '../../src/core/report';
import { createAzurePlatform } from '../../src/logs/azure-platform';
import { createCanaryLogin } from '../../src/logs/canary-login';
import { createCanaries, loginCanaries } from '../../src/run/canaries';
import type { Parts } from '../../src/run/parts';
import { reperformRun } from '../../src/run/reperform';
import { runReport } from '../../src/run/run-report';
import { streamsOf } from '../../src/run/streams';
import { parseSettings } from '../../src/settings';
import type { ArmServer } from '../logs/support/arm-server';
import { groupSetting, registryId, startArmServer } from '../logs/support/arm-server';
import { copyTemplates } from '../support/templates';
import { said } from '../support/languages';

const NOW = '2026-03-10T22:30:00.000Z';
const RUN = 'daily.all/runs/2026-03-10';

// The engine's processes may be slow to start.
jest.setTimeout(180_000);

let folder: string;
let composed: Composed;
let arm: ArmServer;
let runs = 0;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tallyman-outside-'));
  const settings = parseSettings({
    TALLYMAN_LOG_ARCHIVE: join(__dirname, '../../samples/logs'),
    TALLYMAN_ARCHIVE: join(folder, 'archive'),
    TALLYMAN_TEMPLATES: copyTemplates(join(folder, 'templates'), ['repository-deletions']),
  });
  composed = await compose(settings, { now: () => NOW });
});
afterAll(async () => {
  await composed.close();
  rmSync(folder, { recursive: true });
});

beforeEach(async () => {
  arm = await startArmServer();
  runs += 1;
});
afterEach(() => arm.stop());

const archiveFolder = (): string => join(folder, `archive-${runs}`);
const stored = (path: string): string => readFileSync(join(archiveFolder(), path), 'utf8');

/** Real parts over the samples, with an archive of the test's own and the local Azure Resource Manager. */
async function withParts<T>(work: (parts: Parts) => Promise<T>): Promise<T> {
  const { endpoint, credential } = arm;
  return work({
    ...composed.parts,
    archive: createFolderStore(archiveFolder()),
    privateStore: createFolderStore(`${archiveFolder()}.private`),
    platform: createAzurePlatform({ endpoint, credential, subscriptions: [], now: () => NOW }),
  });
}

async function run(parts: Parts): Promise<Report> {
  const [definition] = streamsOf(parts.catalog);
  const period = parsePeriod('day', 'Asia/Seoul', '2026-03-10');
  const result = await runReport(parts, definition!, period!, 'timer');
  if (result.status !== 'sealed') throw new Error('not sealed');
  return result.report;
}

it('a registry that Azure shows and the logs do not name is a critical finding, sealed with what Azure said', async () => {
  arm.registries = [{ name: 'forgotten', createdAt: '2026-03-09T00:00:00Z', settings: {} }];
  const report = await withParts(run);
  expect(report.registries).toContain('forgotten');
  expect(report.findings[0]).toMatchObject({
    audit: 'log-collection',
    severity: 'critical',
    values: { Registry: 'forgotten', ResourceId: registryId('forgotten') },
  });
  expect(stored(`${RUN}/report.html`)).toContain('Registries whose events are not collected');
  expect(stored(`${RUN}/findings.csv`)).toContain('log-collection');
  expect(JSON.parse(stored(`${RUN}/evidence/platform.json`))).toMatchObject({ askedAt: NOW });

  const archive = createFolderStore(archiveFolder());
  const entries = await readChain(archive, 'daily.all');
  const maker = await openMaker(join(folder, 'templates'));
  const { outcome, reasons } = await reperformRun(archive, entries.at(-1)!, entries, maker);
  expect([outcome, reasons]).toEqual(['same', [expect.stringContaining('byte for byte')]]);
  expect((await verifyArchive(archive)).discrepancies).toEqual([]);
});

it('a registry that was created after the period is left to the next one', async () => {
  arm.registries = [{ name: 'newcomer', createdAt: NOW, settings: {} }];
  const report = await withParts(run);
  expect(report.registries).not.toContain('newcomer');
  expect(report.findings.filter(({ audit }) => audit === 'log-collection')).toEqual([]);
});

it('a run that was killed after Azure had been asked goes on with what Azure said then', async () => {
  arm.registries = [{ name: 'forgotten', settings: {} }];
  await withParts(async (parts) => {
    const broken = { ...parts.source, open: () => Promise.reject(new Error('killed here')) };
    await expect(run({ ...parts, source: broken })).rejects.toThrow('killed here');
    arm.registries = [];
    arm.received.length = 0;
    expect((await run(parts)).registries).toContain('forgotten');
  });
  expect(arm.received).toEqual([]);
});

it('a run that was killed goes on over the registries that it was begun with', async () => {
  const asked: Scope['registries'][] = [];
  await withParts(async (parts) => {
    const narrowed: Parts = {
      ...parts,
      catalog: {
        ...parts.catalog,
        reports: parts.catalog.reports.map((report) => ({
          ...report,
          scopes: [{ id: 'all', registries: ['contosoprod.azurecr.io'] }],
        })),
      },
      source: { ...parts.source, open: () => Promise.reject(new Error('killed here')) },
    };
    await expect(run(narrowed)).rejects.toThrow('killed here');
    const source: LogSource = {
      ...parts.source,
      open: (request) => {
        asked.push(request.scope.registries);
        return parts.source.open(request);
      },
    };
    expect((await run({ ...parts, source })).registries).toEqual(['contosoprod.azurecr.io']);
  });
  expect(asked).toEqual([['contosoprod.azurecr.io']]);
});

it('a service that refuses makes the sources unknown, and the run is sealed all the same', async () => {
  const refusal = {
    when: /resources/,
    status: 403,
    body: '{"error":{"code":"AuthorizationFailed"}}',
  };
  arm.faults.push(refusal);
  const { coverage } = said(await withParts(run));
  expect(coverage.verdict).toContain('Looked at without a clear answer: the list of registries');
  expect(coverage.proofs[0]?.text).toContain('403: AuthorizationFailed');
});

describe('canary logins', () => {
  it('are made once a day, with a user agent of their own, and asked for by the run', async () => {
    const logins: string[] = [];
    const registry = createServer((request, response) => {
      logins.push(`${request.url ?? ''} ${request.headers['user-agent'] ?? ''}`);
      request.resume();
      response.writeHead(401).end('{}');
    });
    await new Promise<void>((resolve) => registry.listen(0, '127.0.0.1', resolve));
    const { port } = registry.address() as AddressInfo;
    arm.registries = [{ name: 'contoso', settings: { audit: groupSetting('audit') } }];
    const attempt = createCanaryLogin({
      credential: arm.credential,
      addressOf: () => `http://127.0.0.1:${port}`,
    });
    const report = await withParts(async (parts) => {
      const at = '2026-03-10T00:05:00.000Z';
      const canaries = createCanaries(parts.privateStore, attempt, 'tallyman-canary', () => at);
      expect(await loginCanaries({ ...parts, canaries })).toHaveLength(1);
      expect(await loginCanaries({ ...parts, canaries })).toEqual([]);
      return run({ ...parts, canaries });
    });
    registry.close();
    expect(logins).toEqual(['/oauth2/exchange tallyman-canary/2026-03-10']);
    // The samples do not hold it: what was done and is not in the logs was lost.
    const proof = report.coverage.proofs.find(({ source }) => source === 'canary');
    expect(proof).toMatchObject({ status: 'contradicts' });
    expect(stored(`${RUN}/evidence/health-Canary.kql`)).toContain('tallyman-canary');
    expect(stored(`${RUN}/run.json`)).not.toContain('an-arm-token');
  });

  it('go to no server that is not a registry of Azure', async () => {
    arm.registries = [{ name: 'evil.example/x', settings: {} }];
    await withParts(async (parts) => {
      const tried: string[] = [];
      const attempt = (server: string) => Promise.resolve(tried.push(server));
      const canaries = createCanaries(parts.privateStore, attempt, 'a', () => NOW);
      await loginCanaries({ ...parts, canaries });
      expect(tried).toEqual([]);
    });
  });
});
