import { mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';

import { createFolderStore } from '../../src/archive/folder-store';
import { verifyArchive } from '../../src/archive/verify';
import type { TestArchive } from '../support/archives';
import { buildArchive } from '../support/archives';
import { filesIn, put } from './forge';

/** How thoroughly files are damaged. */
export interface Thoroughness {
  /** The bytes of a file of a length in which a bit is flipped. */
  readonly bytesOf: (length: number) => Iterable<number>;
  /** Where a file of a length is cut. */
  readonly cutsOf: (length: number) => readonly number[];
  /** What a file is renamed to. */
  readonly namesOf: (path: string) => readonly string[];
  /** Which files change places. */
  readonly swaps: 'of a kind' | 'any two';
  /** How often a file is overwritten with bytes made up. */
  readonly overwrites: number;
  /** Called after all flips were seen. */
  readonly onFlipped?: (flips: number) => void;
  /** Called after all swaps were seen. */
  readonly onSwapped?: (swaps: number) => void;
}

/** An archive of three periods that tests damage and mend again. */
export interface Damageable {
  readonly folder: string;
  readonly files: readonly string[];
  readonly asked: { readonly from: string; readonly to: string; readonly head: string };
}

/** The file with one bit of a byte flipped; which bit differs from byte to byte. */
export function flipped(content: Buffer, byte: number): Buffer {
  const copy = Buffer.from(content);
  copy[byte]! ^= 1 << (byte % 8);
  return copy;
}

/**
 * Registers the tests that damage every file of an archive in every way and ask the verifier. The archive is
 * there while tests run.
 */
export function describeByteDamage(how: Thoroughness): () => Damageable {
  let intact: TestArchive;
  let files: string[];
  let asked: Damageable['asked'];

  beforeAll(async () => {
    intact = await buildArchive({ periods: 3, gaps: [1] });
    files = filesIn(intact.folder);
    asked = { from: '2026-03-02', to: '2026-03-05', head: intact.entries[3]!.manifestSha256 };
  });
  afterAll(() => intact.remove());
  afterEach(async () => {
    expect(await codesNow()).toEqual([]);
  });

  const read = (path: string): Buffer => readFileSync(join(intact.folder, path));

  async function codesNow(): Promise<string[]> {
    const { discrepancies, good } = await verifyArchive(createFolderStore(intact.folder), asked);
    expect(good).toBe(discrepancies.length === 0);
    return discrepancies.map(({ code }) => code);
  }

  /** The codes found while a file holds other bytes. */
  async function codesWith(path: string, content: Uint8Array): Promise<string[]> {
    const before = read(path);
    put(intact.folder, path, content);
    try {
      return await codesNow();
    } finally {
      put(intact.folder, path, before);
    }
  }

  it('sees a flipped bit anywhere in any file', async () => {
    let flips = 0;
    for (const path of files) {
      const content = read(path);
      for (const byte of how.bytesOf(content.length)) {
        const codes = await codesWith(path, flipped(content, byte));
        if (!isSeen(path, codes)) throw new Error(`${path}, byte ${byte}: ${codes.join(', ')}`);
        flips += 1;
      }
    }
    expect(flips).toBeGreaterThanOrEqual(files.length);
    how.onFlipped?.(flips);
  }, 3_600_000);

  it('sees a file that is cut, emptied or longer', async () => {
    for (const path of files) {
      const content = read(path);
      const cuts = how.cutsOf(content.length).map((end) => content.subarray(0, end));
      for (const changed of [...cuts, Buffer.concat([content, Buffer.from('\n')])]) {
        const codes = await codesWith(path, changed);
        expect({ path, length: changed.length, codes, seen: isSeen(path, codes) }).toMatchObject({
          seen: true,
        });
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
      for (const name of how.namesOf(path)) {
        mkdirSync(dirname(join(intact.folder, name)), { recursive: true });
        renameSync(join(intact.folder, path), join(intact.folder, name));
        const codes = await codesNow();
        renameSync(join(intact.folder, name), join(intact.folder, path));
        expect({ path, name, found: codes.length > 0 }).toEqual({ path, name, found: true });
      }
    }
  });

  it(`sees ${how.swaps === 'any two' ? 'any two files' : 'two files of a kind'} with their contents swapped`, async () => {
    const kindOf = (path: string): string =>
      path.replace(/[0-9a-f]{64}|\d{8}|\d{4}-\d\d-\d\d/, '*');
    const pairs = files.flatMap((a, i) =>
      files
        .slice(i + 1)
        .filter((b) => how.swaps === 'any two' || kindOf(a) === kindOf(b))
        .filter((b) => !read(a).equals(read(b)))
        .map((b) => [a, b] as const),
    );
    expect(pairs.length).toBeGreaterThan(12);
    for (const [a, b] of pairs) {
      const [first, second] = [read(a), read(b)];
      put(intact.folder, a, second);
      const codes = await codesWith(b, first);
      put(intact.folder, a, first);
      // Entries are whole in another's place; what belongs to one that can't be read is told as not listed.
      const seen = isSeen(a, codes) || isSeen(b, codes) || codes.includes('sequence-wrong');
      expect({ a, b, codes, seen }).toEqual({ a, b, codes, seen: true });
    }
    how.onSwapped?.(pairs.length);
  }, 3_600_000);

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
        expect(isSeen(path, await codesWith(path, content))).toBe(true);
      }),
      { numRuns: how.overwrites, seed: 20_260_302 },
    );
  });

  return () => ({ folder: intact.folder, files, asked });
}

/** Whether damage to the bytes of a file was told as what it is for a file of its kind. */
function isSeen(path: string, codes: readonly string[]): boolean {
  return codes.some((code) => codesFor(path).includes(code));
}

function codesFor(path: string): string[] {
  if (path.includes('/chain/'))
    return ['entry-malformed', 'manifest-missing', 'key-unknown', 'signature-wrong'];
  if (path.includes('/manifests/')) return ['manifest-altered'];
  if (path.startsWith('keys/')) return ['key-altered'];
  return ['file-altered'];
}
