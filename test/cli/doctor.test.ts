import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFolderStore } from '../../src/archive/folder-store';
import { checkArchive, checkPrivateStore } from '../../src/cli/doctor/check-archive';
import { checkAzure } from '../../src/cli/doctor/check-azure';
import { ENGLISH } from '../support/languages';
import { checkClock } from '../../src/cli/doctor/check-clock';
import { examineAll } from '../../src/cli/doctor/examination';
import { exitCodeOf, type Check } from '../../src/cli/doctor/check';
import { containerScope, keyScope, principalIn } from '../../src/cli/doctor/remedies';
import { createAzurePlatform } from '../../src/logs/azure-platform';
import type { Archive } from '../../src/core/archive';
import { copyTemplates } from '../support/templates';
import { groupSetting, registryId, startArmServer, WORKSPACE } from '../logs/support/arm-server';
import { bytesOf, piecesOf } from '../../src/core/pieces';

const root = join(__dirname, '../..');
const GUID = '0f6bd0b1-5f1c-4a5e-9c8e-3d2a1b0c9f8e';
const PRINCIPAL = '5d6e0a5e-6c6f-4a8e-9d0f-2d1f6a1b7c11';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tallyman-doctor-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const smallTemplates = () => copyTemplates(join(folder, 'templates'), ['repository-deletions']);
const byName = (checks: readonly Check[]) =>
  Object.fromEntries(checks.map(({ name, status }) => [name, status]));

it('says on the command line what a run over a folder of logs needs, and seals nothing', () => {
  const child = spawnSync(
    process.execPath,
    [
      ...['--require', join(root, 'test/support/register-typescript.cjs')],
      ...[join(root, 'src/cli/main.ts'), 'doctor', '--json'],
      ...['--logs', join(root, 'samples/logs'), '--archive', 'archive', '--mail', 'mail'],
      ...['--templates', smallTemplates()],
    ],
    {
      cwd: folder,
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], NODE_OPTIONS: process.env['NODE_OPTIONS'] },
    },
  );
  const { good, checks } = JSON.parse(child.stdout) as { good: boolean; checks: Check[] };
  expect(byName(checks)).toMatchObject({
    Settings: 'good',
    // Audits were taken away, and controls that nothing gives evidence for are a problem.
    Definitions: 'bad',
    Archive: 'good',
    'Private store': 'good',
    'Signing key': 'good',
    Mail: 'good',
    Clock: 'off',
    'Azure Resource Manager': 'off',
    Logs: 'good',
    // The samples are months old.
    'Table ContainerRegistryLoginEvents': 'unknown',
  });
  expect([child.status, good]).toEqual([1, false]);
  expect(existsSync(join(folder, 'archive'))).toBe(false);
  expect(existsSync(join(folder, 'archive.private/signing-key.pem'))).toBe(false);
});

it('names every setting that is wrong, and never a secret', async () => {
  const checks = await examineAll({
    TALLYMAN_ARCHIVE: 'https://account.blob.core.windows.net/evidence',
    TALLYMAN_MAIL: 'smtp',
    TALLYMAN_SMTP_URL: 'canary-secret',
    TALLYMAN_CANARY: 'on',
    TALLYMAN_SINCE: '2026-02-31',
  });
  expect(Object.keys(byName(checks)).sort()).toEqual([
    'Setting TALLYMAN_CANARY',
    'Setting TALLYMAN_LOG_ARCHIVE',
    'Setting TALLYMAN_MAIL_FROM',
    'Setting TALLYMAN_SIGNING_KEY_VAULT_KEY',
    'Setting TALLYMAN_SINCE',
    'Setting TALLYMAN_SMTP_URL',
  ]);
  expect(exitCodeOf(checks)).toBe(1);
  expect(JSON.stringify(checks)).not.toContain('canary-secret');
});

it('takes no address that can’t be taken apart, and shows no connection string', async () => {
  const checks = await examineAll({
    TALLYMAN_LOG_ARCHIVE: 'https://[logs',
    TALLYMAN_ARCHIVE: folder,
    TALLYMAN_TSA_URL: 'https://[',
    TALLYMAN_FONTS: 'https://[fonts',
    TALLYMAN_MAIL: 'azure-communication',
    TALLYMAN_MAIL_FROM: 'tallyman@example.com',
    TALLYMAN_ACS_ENDPOINT: 'endpoint=https://x.communication.azure.com/;accesskey=canary-secret',
  });
  expect(checks.map(({ name }) => name).sort()).toEqual([
    'Setting TALLYMAN_ACS_ENDPOINT',
    'Setting TALLYMAN_FONTS',
    'Setting TALLYMAN_LOG_ARCHIVE',
    'Setting TALLYMAN_TSA_URL',
  ]);
  expect(JSON.stringify(checks)).not.toContain('canary-secret');
});

it('says what is wrong with logs, key and relay that are not there', async () => {
  writeFileSync(join(folder, 'key.pem'), 'no key');
  chmodSync(join(folder, 'key.pem'), 0o600);
  const checks = await examineAll({
    TALLYMAN_TEMPLATES: smallTemplates(),
    TALLYMAN_LOG_ARCHIVE: join(folder, 'nothing'),
    TALLYMAN_ARCHIVE: join(folder, 'archive'),
    TALLYMAN_SIGNING_KEY_FILE: join(folder, 'key.pem'),
    TALLYMAN_MAIL: 'smtp',
    TALLYMAN_SMTP_URL: 'smtp://127.0.0.1:1',
    TALLYMAN_MAIL_FROM: 'tallyman@example.com',
  });
  expect(byName(checks)).toMatchObject({ Logs: 'bad', 'Signing key': 'bad', Mail: 'bad' });
  expect(checks.find(({ name }) => name === 'Logs')?.remedy).toContain('Correct --logs or');
});

it('says that nothing can be written where the archive and mails are to be', async () => {
  writeFileSync(join(folder, 'a-file'), '');
  const checks = await examineAll({
    TALLYMAN_TEMPLATES: smallTemplates(),
    TALLYMAN_LOG_ARCHIVE: folder,
    TALLYMAN_ARCHIVE: join(folder, 'a-file'),
    TALLYMAN_MAIL: 'eml',
    TALLYMAN_MAIL_FOLDER: join(folder, 'a-file', 'mail'),
    TALLYMAN_MAIL_FROM: 'tallyman@example.com',
  });
  for (const name of ['Archive', 'Mail']) {
    expect(checks.find((check) => check.name === name)).toMatchObject({
      status: 'bad',
      text: `${join(folder, 'a-file')} is no folder.`,
    });
  }
});

describe('the stores', () => {
  /** A store that does what no store may do. */
  function forgetful(): Archive {
    const files = new Map<string, Uint8Array>([['README.txt', Buffer.from('sealed')]]);
    return {
      location: 'a forgetful store',
      create: (path, content) => {
        files.set(path, bytesOf(content));
        return Promise.resolve('created');
      },
      read: (path) => Promise.resolve(files.get(path)),
      open: (path) =>
        Promise.resolve(files.has(path) ? piecesOf(files.get(path) ?? '') : undefined),
      list: async function* () {
        for (const path of files.keys()) yield await Promise.resolve({ path, size: 1 });
      },
    };
  }

  it('are bad when they let files be written over', async () => {
    expect(await checkArchive(forgetful())).toMatchObject({ status: 'bad' });
    expect(await checkPrivateStore(forgetful())).toMatchObject({ status: 'bad' });
  });

  it('are good when they keep them, also the second time', async () => {
    const store = createFolderStore(join(folder, 'store'));
    for (let time = 0; time < 2; time++) {
      expect(await checkPrivateStore(store)).toMatchObject({ status: 'good' });
      expect(await checkArchive(store)).toMatchObject({ status: 'good' });
    }
    expect(readFileSync(join(folder, 'store/doctor/write-once.txt'), 'utf8')).toContain('doctor');
  });
});

describe('Azure', () => {
  it('gives the command and the Bicep for a setting that is missing, and the role for what is refused', async () => {
    const arm = await startArmServer();
    arm.registries = [
      { name: 'good', settings: { audit: groupSetting('audit') } },
      { name: 'forgotten', settings: {} },
      { name: 'hidden', settings: {} },
    ];
    arm.workspaces = { [WORKSPACE]: { customerId: GUID } };
    const denied = '{"error":{"code":"AuthorizationFailed","message":"no"}}';
    arm.faults.push({ when: /hidden.*diagnosticSettings/, status: 403, body: denied });
    const { endpoint, credential } = arm;
    const now = () => '2026-03-02T00:00:00.000Z';
    const platform = createAzurePlatform({ endpoint, credential, subscriptions: [], now });
    const checks = await checkAzure(
      platform,
      { kind: 'log-analytics', location: GUID },
      { start: '2026-03-01T00:00:00.000Z', end: now() },
      PRINCIPAL,
      ENGLISH,
    );
    await arm.stop();
    expect(byName(checks)).toMatchObject({
      'Diagnostic setting of good': 'good',
      'Diagnostic setting of forgotten': 'bad',
      'Diagnostic setting of hidden': 'unknown',
      'Metrics of good': 'good',
      Workspace: 'good',
    });
    const remedyOf = (name: string) => checks.find((check) => check.name === name)?.remedy;
    expect(remedyOf('Diagnostic setting of forgotten')).toContain(
      `az monitor diagnostic-settings create --name tallyman --resource ${registryId('forgotten')} --workspace ${WORKSPACE}`,
    );
    expect(remedyOf('Diagnostic setting of forgotten')).toContain('resource events ');
    expect(remedyOf('Diagnostic setting of hidden')).toBe(
      `az role assignment create --assignee-object-id ${PRINCIPAL} --assignee-principal-type ServicePrincipal --role 43d0d8ad-25c7-4714-9337-8ba259a9fe05 --scope ${registryId('hidden')}`,
    );
  });

  it('finds a container, a key and an identity by what is known of them', () => {
    expect(containerScope('https://acct.blob.core.windows.net/evidence')).toBe(
      '"$(az storage account show --name acct --query id --output tsv)/blobServices/default/containers/evidence"',
    );
    expect(keyScope('https://kv.vault.azure.net/keys/tallyman/0123')).toBe(
      '"$(az keyvault show --name kv --query id --output tsv)/keys/tallyman"',
    );
    const payload = Buffer.from(JSON.stringify({ oid: PRINCIPAL })).toString('base64url');
    expect(principalIn(`x.${payload}.y`)).toBe(PRINCIPAL);
    expect(principalIn('a-secret-that-is-no-token')).toBeUndefined();
  });
});

it('compares the clock with that of a server', async () => {
  const server = createServer((_, response) => response.end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const hence = (ms: number) => () => new Date(Date.now() + ms).toISOString();
  expect(await checkClock(address, hence(0))).toMatchObject({ status: 'good' });
  expect(await checkClock(address, hence(-600_000))).toMatchObject({ status: 'bad' });
  server.close();
  expect(await checkClock('http://127.0.0.1:1', hence(0))).toMatchObject({ status: 'unknown' });
});
