import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { simpleParser } from 'mailparser';
import { folderEraser } from '../../src/archive/folder-eraser';
import { compose } from '../../src/compose';
import { destroyFiles } from '../../src/run/destroy';
import type { Parts } from '../../src/run/parts';
import { runDue, tellAll } from '../../src/run/run-due';
import { parseSettings } from '../../src/settings';
import { copyTemplates } from '../support/templates';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tallyman-tell-'));
  copyTemplates(join(folder, 'templates'), ['repository-deletions']);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

async function at<T>(
  now: string,
  mail: 'none' | 'eml',
  work: (parts: Parts) => Promise<T>,
): Promise<T> {
  const settings = parseSettings({
    TALLYMAN_LOG_ARCHIVE: join(__dirname, '../../samples/logs'),
    TALLYMAN_ARCHIVE: join(folder, 'archive'),
    TALLYMAN_TEMPLATES: join(folder, 'templates'),
    TALLYMAN_MAIL: mail,
    TALLYMAN_MAIL_FOLDER: join(folder, 'mail'),
    TALLYMAN_MAIL_FROM: 'tallyman@example.com',
  });
  const composed = await compose(settings, { now: () => now });
  try {
    return await work(composed.parts);
  } finally {
    await composed.close();
  }
}

it('what was sealed while mail was off is told of in one digest, and what was destroyed in none', async () => {
  for (const day of ['09', '10', '11']) {
    await at(`2026-03-${day}T22:30:00.000Z`, 'none', (parts) =>
      runDue(parts, undefined, { runs: 62, askAgain: 0 }),
    );
  }
  await at('2026-03-15T22:30:00.000Z', 'eml', async (parts) => {
    await destroyFiles(parts, folderEraser(join(folder, 'archive')), {
      stream: 'daily.all',
      before: '2026-03-10',
      reason: 'A test.',
    });
    expect((await tellAll(parts)).accepted).toHaveLength(1);

    const read: string[] = [];
    const privateStore = {
      ...parts.privateStore,
      read: (path: string) => {
        if (path.startsWith('told/')) read.push(path);
        return parts.privateStore.read(path);
      },
    };
    expect((await tellAll({ ...parts, privateStore })).accepted).toEqual([]);
    expect(read).toEqual([]);
  });
  const [name = ''] = readdirSync(join(folder, 'mail'));
  const { text = '' } = await simpleParser(readFileSync(join(folder, 'mail', name)));
  expect(text).not.toContain('2026-03-09');
  expect(text).toContain('The report of 2026-03-10 is sealed');
  expect(text).toContain('Wednesday 11 March 2026: no findings');
  expect(text).not.toContain('made up');
}, 120_000);
