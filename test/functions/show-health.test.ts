import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HttpRequest, InvocationContext } from '@azure/functions';
import { createFolderStore } from '../../src/archive/folder-store';
import { createRememberingStore } from '../../src/archive/remembering-store';
import { AZURE_TABLES } from '../../src/core/known-tables';
import { appParts } from '../../src/functions/shared/app-parts';
import type { App } from '../../src/functions/shared/app-parts';
import type { HealthReport } from '../../src/functions/shared/health-report';
import { showHealth } from '../../src/functions/shared/show-health';
import type { TestArchive } from '../support/archives';
import { buildArchive } from '../support/archives';
import { LANGUAGES } from '../support/languages';

jest.mock('../../src/functions/shared/app-parts', () => ({ appParts: jest.fn() }));

const REPORT = {
  ...{ id: 'daily', title: 'Daily', period: 'day', timeZone: 'Asia/Seoul', deliverAt: '07:00' },
  ...{ settleHours: 6, scopes: [{ id: 'all', registries: 'all' }], recipients: [], waivers: [] },
  ...{ audits: [], askAgainDays: [] },
};

let sealed: TestArchive;
let privateFolder: string;
beforeAll(async () => {
  sealed = await buildArchive();
  privateFolder = mkdtempSync(join(tmpdir(), 'tallyman-health-'));
});
afterAll(async () => {
  await sealed.remove();
  rmSync(privateFolder, { recursive: true });
});

it('sees what the storage holds now, although the app remembers what it has read', async () => {
  let now = '2026-03-08T00:00:00.000Z';
  jest.mocked(appParts).mockResolvedValue({
    settings: { archive: { kind: 'folder', path: sealed.folder } },
    parts: {
      archive: createRememberingStore(createFolderStore(sealed.folder)),
      privateStore: createFolderStore(privateFolder),
      catalog: { reports: [REPORT], audits: [], tables: AZURE_TABLES, languages: LANGUAGES },
      now: () => now,
    },
  } as unknown as App);
  const context = { error: (...text: unknown[]) => process.stderr.write(text.join(' ')) };
  const asked = async (): Promise<HealthReport> => {
    const answer = await showHealth(
      {} as unknown as HttpRequest,
      context as unknown as InvocationContext,
    );
    return answer.jsonBody as HealthReport;
  };
  expect((await asked()).status).toBe('good');
  const manifests = join(sealed.folder, 'daily.all/manifests');
  for (const name of readdirSync(manifests)) {
    rmSync(join(manifests, name));
    writeFileSync(join(manifests, name), '{}');
  }
  // Answers are kept for a minute, and chains for five.
  now = '2026-03-08T00:06:00.000Z';
  expect(await asked()).toMatchObject({ status: 'trouble', streams: [{ status: 'trouble' }] });
});

it('looks once for all who ask at the same time', async () => {
  const privateStore = createFolderStore(privateFolder);
  const list = jest.fn((prefix: string) => privateStore.list(prefix));
  jest.mocked(appParts).mockResolvedValue({
    settings: { archive: { kind: 'folder', path: sealed.folder } },
    parts: {
      privateStore: { ...privateStore, list },
      catalog: { reports: [REPORT], audits: [], tables: AZURE_TABLES, languages: LANGUAGES },
      now: () => '2026-03-08T01:00:00.000Z',
    },
  } as unknown as App);
  const context = { error: jest.fn() } as unknown as InvocationContext;
  const ask = (): ReturnType<typeof showHealth> =>
    showHealth({} as unknown as HttpRequest, context);
  await Promise.all(Array.from({ length: 20 }, ask));
  expect(list).toHaveBeenCalledTimes(1);
});
