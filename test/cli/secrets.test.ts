import { spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SETTINGS } from '../../src/settings';
import { copyTemplates } from '../support/templates';

const root = join(__dirname, '../..');
const MAIN = [
  '--require',
  join(root, 'test/support/register-typescript.cjs'),
  join(root, 'src/cli/main.ts'),
];
const CANARY = 'canary0secret0canary0secret0canary0secret0';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tallyman-secrets-'));
  copyTemplates(join(folder, 'templates'), ['repository-deletions']);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Everything that a command says, and everything that it leaves behind. */
function everythingOf(args: readonly string[], settings: NodeJS.ProcessEnv): string {
  const { stdout, stderr } = spawnSync(process.execPath, [...MAIN, ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: {
      PATH: process.env['PATH'],
      NODE_OPTIONS: process.env['NODE_OPTIONS'],
      HOME: folder,
      ...settings,
    },
  });
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'));
  return [stdout, stderr, ...files].join('\n');
}

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const secret = {
  TALLYMAN_TSA_URL: `http://tallyman:${CANARY}@127.0.0.1:1/`,
  TALLYMAN_SIGNING_KEY: pem,
  TALLYMAN_SMTP_URL: `smtp://tallyman:${CANARY}@127.0.0.1:1`,
  TALLYMAN_STORAGE_CONNECTION: `DefaultEndpointsProtocol=http;AccountName=a;AccountKey=${CANARY}AA==;BlobEndpoint=http://127.0.0.1:1/a;`,
};
const hidden = [CANARY, encodeURIComponent(CANARY), pem.split('\n')[1] ?? ''];

it('there is a canary for every setting that is secret', () => {
  const names = Object.entries(SETTINGS).flatMap(([name, doc]) => ('secret' in doc ? name : []));
  expect(Object.keys(secret).sort()).toEqual(names.sort());
});

it.each([
  [
    'a run whose mail relay can’t be reached',
    [
      'due',
      '--logs',
      join(root, 'samples/logs'),
      '--archive',
      'archive',
      '--now',
      '2026-03-12T08:00:00+09:00',
    ],
    { TALLYMAN_MAIL: 'smtp', TALLYMAN_MAIL_FROM: 'a@example.com', TALLYMAN_TEMPLATES: 'templates' },
  ],
  [
    'a connection to storage that is not one',
    ['due', '--logs', join(root, 'samples/logs'), '--archive', 'http://127.0.0.1:1/a/evidence'],
    { TALLYMAN_TEMPLATES: 'templates', TALLYMAN_STORAGE_CONNECTION: `AccountKey=${CANARY}` },
  ],
  [
    'the doctor',
    ['doctor', '--json', '--logs', 'nowhere', '--archive', 'archive2'],
    {
      TALLYMAN_MAIL: 'smtp',
      TALLYMAN_MAIL_FROM: 'a@example.com',
      TALLYMAN_TEMPLATES: 'templates',
    },
  ],
  [
    'the doctor about settings that are wrong',
    ['doctor', '--logs', 'nowhere', '--archive', 'archive2'],
    { TALLYMAN_MAIL: 'smtp', TALLYMAN_SMTP_URL: CANARY },
  ],
])(
  '%s says and leaves no secret',
  (_, args, settings) => {
    const text = everythingOf(args, { ...secret, ...settings });
    expect(text.length).toBeGreaterThan(200);
    for (const word of hidden) expect(text).not.toContain(word);
  },
  120_000,
);
