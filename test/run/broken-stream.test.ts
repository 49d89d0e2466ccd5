import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compose } from '../../src/compose';
import type { DueResult } from '../../src/run/run-due';
import { failureOf, runDue } from '../../src/run/run-due';
import { parseSettings } from '../../src/settings';
import { copyTemplates } from '../support/templates';

const SAMPLE_LOGS = join(__dirname, '../../samples/logs');

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tallyman-broken-'));
  const templates = copyTemplates(join(folder, 'templates'), ['repository-deletions']);
  const report = join(templates, 'reports/daily.yaml');
  const scopes = ['contoso', 'fabrikam'].map(
    (name) => `  - { id: ${name}, registries: [${name}] }\n`,
  );
  writeFileSync(
    report,
    readFileSync(report, 'utf8').replace('  - { id: all, registries: all }\n', scopes.join('')),
  );
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

async function due(now: string): Promise<DueResult> {
  const settings = parseSettings({
    TALLYMAN_LOG_ARCHIVE: SAMPLE_LOGS,
    TALLYMAN_ARCHIVE: join(folder, 'archive'),
    TALLYMAN_MAIL: 'eml',
    TALLYMAN_MAIL_FOLDER: join(folder, 'mail'),
    TALLYMAN_MAIL_FROM: 'tallyman@example.com',
    TALLYMAN_TEMPLATES: join(folder, 'templates'),
  });
  const composed = await compose(settings, { now: () => now });
  try {
    return await runDue(composed.parts);
  } finally {
    await composed.close();
  }
}

it('a stream whose chain was damaged is told of and does not keep the others from their runs', async () => {
  const first = await due('2026-03-10T22:30:00.000Z');
  expect(first.sealed.map(({ report }) => report.stream)).toEqual([
    'daily.contoso',
    'daily.fabrikam',
  ]);

  const chain = join(folder, 'archive/daily.contoso/chain');
  const entry = join(chain, readdirSync(chain).sort()[0] ?? '');
  chmodSync(entry, 0o600);
  writeFileSync(entry, 'no longer an entry');

  const second = await due('2026-03-11T22:30:00.000Z');
  expect(second.failed).toMatchObject([
    { stream: 'daily.contoso', period: undefined, error: { code: 'ARCHIVE_DAMAGED' } },
  ]);
  expect(second.sealed.map(({ report }) => `${report.stream} ${report.runId}`)).toEqual([
    'daily.fabrikam 2026-03-11',
  ]);
  expect(second.mail.accepted).toHaveLength(1);
  expect(failureOf(second)).toMatchObject({
    code: 'RUNS_FAILED',
    message: expect.stringContaining('1 stream could not be worked on') as string,
  });
}, 120_000);
