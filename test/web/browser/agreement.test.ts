import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { createFolderStore } from '../../../src/archive/folder-store';
import { parseManifest as parseByNode } from '../../../src/archive/manifest';
import type { VerifyOptions } from '../../../src/archive/verify';
import { verifyArchive } from '../../../src/archive/verify';
import { stableJson } from '../../../src/core/stable-json';
import type { Question } from '../../../src/web/browser/check-archive';
import { checkArchive } from '../../../src/web/browser/check-archive';
import { parseManifest } from '../../../src/web/browser/manifest-shape';
import { filesOfZip } from '../../../src/web/browser/zip-files';
import type { PickedFile } from '../../../src/web/browser/picked-files';
import { zipOf } from '../../../src/web/pack';
import { filesIn } from '../../archive/forge';
import { pickedFrom } from './picked';

const ROOT = join(__dirname, '../../../testdata/archives');
const NAMES = readdirSync(ROOT).sort();

function askedIn(name: string): Omit<VerifyOptions, 'stream'> {
  const text = readFileSync(join(ROOT, name, 'case.json'), 'utf8');
  const { asked } = JSON.parse(text) as { asked: VerifyOptions };
  return Object.fromEntries(Object.entries(asked).filter(([key]) => key !== 'stream'));
}

function questionOf({ head = [], from = '', to = '' }: VerifyOptions): Question {
  return { heads: [head].flat().join(' '), from, to };
}

const placesOf = (all: readonly { code: string; path: string }[]): string[] =>
  all.map(({ code, path }) => `${code} ${path}`).sort();

describe('a browser and `tallyman verify` find the same at the same places:', () => {
  test.concurrent.each(NAMES)('%s', async (name) => {
    const folder = join(ROOT, name, 'archive');
    // The page always checks everything that it is given.
    const asked = askedIn(name);
    const ours = await verifyArchive(createFolderStore(folder), asked);
    const question = questionOf(asked);
    const picked = await checkArchive(pickedFrom(folder), question, () => undefined);
    expect(placesOf(picked.discrepancies)).toEqual(placesOf(ours.discrepancies));
    expect(placesOf(picked.notes)).toEqual(placesOf(ours.notes));
    expect(picked.streams.map(({ head }) => head)).toEqual(ours.streams.map(({ head }) => head));
    expect(picked.status === 'wrong').toBe(!ours.good);
    expect(picked.verdict.startsWith('Good: ')).toBe(ours.good);
    const zip = await buffer(zipOf(createFolderStore(folder), filesIn(folder), '<!doctype html>'));
    const zipped = await checkArchive(await filesOfZip(new Blob([zip])), question, () => undefined);
    expect(placesOf(zipped.discrepancies)).toEqual(placesOf(ours.discrepancies));
  });
});

it('has one large file in memory at a time, and tells of one that is too large', async () => {
  const folder = join(ROOT, 'nothing-was-changed', 'archive');
  const question = { heads: '', from: '', to: '' };
  let [open, most] = [0, 0];
  const large = (size: number): PickedFile[] =>
    pickedFrom(folder).map((file) => ({
      ...file,
      size: file.path.includes('/runs/') ? size : file.size,
      read: async () => {
        if (file.path.includes('/runs/')) most = Math.max(most, (open += 1));
        await new Promise((resolve) => setTimeout(resolve, 1));
        if (file.path.includes('/runs/')) open -= 1;
        return file.read();
      },
    }));
  expect((await checkArchive(large(40_000_000), question, () => undefined)).status).toBe('open');
  expect(most).toBe(1);
  await checkArchive(large(1000), question, () => undefined);
  expect(most).toBeGreaterThan(1);
  const tooLarge = checkArchive(large(600_000_000), question, () => undefined);
  await expect(tooLarge).rejects.toThrow('is too large for a browser');
});

describe('the form of a manifest', () => {
  const kinds = new Map<string, unknown>();
  for (const name of NAMES) {
    const folder = join(ROOT, name, 'archive');
    for (const path of filesIn(folder).filter((one) => one.includes('/manifests/'))) {
      const content = readFileSync(join(folder, path));
      const manifest = parseByNode(content);
      if (typeof manifest !== 'string') kinds.set(manifest.predicate.kind, manifest);
    }
  }
  const KINDS = 'amendment definition-change destruction gap genesis key-rotation review run';

  it('is asked of every kind here', () => {
    expect([...kinds.keys()].sort().join(' ')).toBe(KINDS);
  });

  it.each(KINDS.split(' '))('is the same to both, whatever is changed about a %s', (kind) => {
    let [accepted, refused] = [0, 0];
    for (const changed of changesOf(kinds.get(kind))) {
      const bytes = Buffer.from(stableJson(changed));
      const byNode = typeof parseByNode(bytes) !== 'string';
      const bySelf = typeof parseManifest(bytes) !== 'string';
      if (byNode !== bySelf) throw new Error(`Node says ${String(byNode)}: ${bytes.toString()}`);
      if (byNode) accepted += 1;
      else refused += 1;
    }
    expect(accepted).toBeGreaterThan(20);
    expect(refused).toBeGreaterThan(300);
  });
});

/** What may come in the place of any value. */
const VALUES: readonly unknown[] = [
  ...[null, true, -1, 0, 1, 0.5, 9999, 10_000, 2 ** 53, 1e300, '', 'x', 'x'.repeat(201)],
  ...['😀'.repeat(40), '😀'.repeat(150), '😀'.repeat(201), '😀'.repeat(1500), '\ud800', '\\ud800'],
  ...['x'.repeat(2001), 'a'.repeat(64), 'A'.repeat(64), 'error', 'run', 'gap', 'week', 'manual'],
  ...['2026-03-02', '2026-02-30', '0999-01-01', '2024-02-29', '2026-W10', '2026-Q1', '2026-Q5'],
  ...['2026-03-02T00:00:00.000Z', '2026-03-02T24:00:00.000Z', '2026-02-30T00:00:00.000Z'],
  ...[
    '2026-03-02T00:00:00Z',
    '2026-03-02T00:00:00.000+00:00',
    '07:00',
    '7:00',
    'daily.all',
    'Daily',
  ],
  ...['AAAAAAAA', 'AAAAAA==', 'AAAA_AAA', 'accepted', [], {}, [null]],
];

/** A value with everything in it changed, taken away, added to or repeated, one at a time. */
function* changesOf(value: unknown): Generator {
  yield* VALUES;
  if (Array.isArray(value)) {
    const items = value as unknown[];
    yield [...items, ...items];
    for (const [index, item] of items.slice(0, 2).entries()) {
      for (const changed of changesOf(item)) yield items.with(index, changed);
    }
  } else if (typeof value === 'object' && value !== null) {
    yield { ...value, more: 1 };
    yield { ...value, reason: 'A reason.' };
    for (const [key, item] of Object.entries(value)) {
      yield Object.fromEntries(Object.entries(value).filter(([one]) => one !== key));
      for (const changed of changesOf(item)) yield { ...value, [key]: changed };
    }
  }
}
