import { mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';

import { createFolderStore } from '../../src/archive/folder-store';
import { verifyArchive } from '../../src/archive/verify';
import type { TestArchive } from '../support/archives';
import { buildArchive } from '../support/archives';
import { filesIn, put } from '../archive/forge';
import { verifyWithScript } from '../archive/support';
import { record, STRIDE } from './support/figures';

/** A quick look takes one byte in a hundred: each one costs a whole verification. */
const SPARSE = STRIDE === 1 ? 1 : STRIDE * 25;

let intact: TestArchive;
let files: string[];
let asked: { from: string; to: string; head: string };

beforeAll(async () => {
  intact = await buildArchive({ periods: 3, gaps: [1] });
  files = filesIn(intact.folder);
  asked = { from: '2026-03-02', to: '2026-03-05', head: intact.entries[3]!.manifestSha256 };
});
afterAll(() => intact.remove());

/** The codes found while a file holds other bytes. */
async function codesWith(path: string, content: Uint8Array): Promise<string[]> {
  const before = readFileSync(join(intact.folder, path));
  put(intact.folder, path, content);
  try {
    return await codesNow();
  } finally {
    put(intact.folder, path, before);
  }
}

async function codesNow(): Promise<string[]> {
  const { discrepancies, good } = await verifyArchive(createFolderStore(intact.folder), asked);
  expect(good).toBe(discrepancies.length === 0);
  return discrepancies.map(({ code }) => code);
}

/** What damage to the bytes of a file of each kind may show as. */
function codesFor(path: string): string[] {
  if (path.includes('/chain/'))
    return ['entry-malformed', 'manifest-missing', 'key-unknown', 'signature-wrong'];
  if (path.includes('/manifests/')) return ['manifest-altered'];
  if (path.startsWith('keys/')) return ['key-altered'];
  return ['file-altered'];
}

const read = (path: string): Buffer => readFileSync(join(intact.folder, path));

function flipped(content: Buffer, bit: number): Buffer {
  const copy = Buffer.from(content);
  copy[bit >> 3]! ^= 1 << (bit & 7);
  return copy;
}

afterEach(async () => {
  expect(await codesNow()).toEqual([]);
});

it('sees every byte of every file flipped', async () => {
  let flips = 0;
  for (const path of files) {
    const content = read(path);
    for (let byte = 0; byte < content.length; byte += SPARSE) {
      const codes = await codesWith(path, flipped(content, byte * 8 + (byte % 8)));
      const isSeen = codes.some((code) => codesFor(path).includes(code));
      if (!isSeen) throw new Error(`${path}, byte ${String(byte)}: ${codes.join(', ')}`);
      flips += 1;
    }
  }
  record({
    test: 'a bit of every byte of every file of an archive flipped',
    cases: flips,
    bar: 'seen by tallyman verify with the right code',
    result: `${String(flips)} seen`,
  });
}, 3_600_000);

it('sees flips with verify.sh as well', async () => {
  const each = Math.ceil(500 / files.length / SPARSE);
  let flips = 0;
  for (const path of files) {
    const content = read(path);
    for (let i = 0; i < each; i += 1) {
      const byte = Math.floor((i * content.length) / each);
      put(intact.folder, path, flipped(content, byte * 8 + (i % 8)));
      const { code, codes } = await verifyWithScript(intact.folder, asked);
      put(intact.folder, path, content);
      expect({ path, byte, code, any: codes.length > 0 }).toEqual({
        path,
        byte,
        code: 1,
        any: true,
      });
      flips += 1;
    }
  }
  record({
    test: 'a bit flipped, and verify.sh asked',
    cases: flips,
    bar: 'seen by verify.sh',
    result: `${String(flips)} seen`,
  });
}, 3_600_000);

it('sees a file that is cut, emptied or longer', async () => {
  for (const path of files) {
    const content = read(path);
    const cuts = [0, 1, content.length >> 1, content.length - 1].map((end) =>
      content.subarray(0, end),
    );
    for (const changed of [...cuts, Buffer.concat([content, Buffer.from('\n')])]) {
      const codes = await codesWith(path, changed);
      const isSeen = codes.some((code) => codesFor(path).includes(code));
      expect({ path, length: changed.length, codes, isSeen }).toMatchObject({ isSeen: true });
    }
  }
});

it('sees the absence of any file', async () => {
  for (const path of files) {
    const content = read(path);
    rmSync(join(intact.folder, path));
    const codes = await codesNow();
    put(intact.folder, path, content);
    expect({ path, found: codes.length > 0 }).toEqual({ path, found: true });
  }
});

it('sees any file under another name', async () => {
  for (const path of files) {
    for (const name of [`${path}.bak`, path.toUpperCase(), `moved/${path}`]) {
      mkdirSync(dirname(join(intact.folder, name)), { recursive: true });
      renameSync(join(intact.folder, path), join(intact.folder, name));
      const codes = await codesNow();
      renameSync(join(intact.folder, name), join(intact.folder, path));
      expect({ path, name, found: codes.length > 0 }).toEqual({ path, name, found: true });
    }
  }
});

it('sees any two files of a kind with their contents swapped', async () => {
  const kindOf = (path: string): string => path.replace(/[0-9a-f]{64}|\d{8}|\d{4}-\d\d-\d\d/, '*');
  const pairs = files.flatMap((a, i) =>
    files
      .slice(i + 1)
      .filter((b) => kindOf(a) === kindOf(b))
      .map((b) => [a, b] as const),
  );
  expect(pairs.length).toBeGreaterThan(12);
  for (const [a, b] of pairs) {
    const [first, second] = [read(a), read(b)];
    put(intact.folder, a, second);
    const codes = await codesWith(b, first);
    put(intact.folder, a, first);
    expect({ a, b, found: codes.length > 1 }).toEqual({ a, b, found: true });
  }
});

it('never fails over any bytes in any file, and never calls them good', async () => {
  const hostile = fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    fc.json({ maxDepth: 4 }).map((text) => Buffer.from(text)),
    fc
      .constantFrom('[', '{"a":', 'null', '1e999', '\uFEFF{}', '['.repeat(100_000))
      .map((text) => Buffer.from(text)),
  );
  await fc.assert(
    fc.asyncProperty(fc.nat(files.length - 1), hostile, async (index, content) => {
      const path = files[index]!;
      const codes = await codesWith(path, content);
      expect(codes.some((code) => codesFor(path).includes(code))).toBe(true);
    }),
    { numRuns: 200, seed: 20_260_302 },
  );
});
