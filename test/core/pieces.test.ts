import { readdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { sha256 } from '../../src/core/digest';
import { bytesOf, joined, partOf, piecesOf, textOf } from '../../src/core/pieces';
import { Spool, spooledLater, spoolIn, takeFile } from '../../src/core/spool';

describe('pieces', () => {
  it('put together and cut anywhere hold the bytes that one text would', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.nat(), fc.nat(), (texts, a, b) => {
        const bytes = Buffer.from(texts.join(''));
        const whole = joined(texts);
        const [start, end] = [a % (bytes.length + 1), b % (bytes.length + 1)].sort((x, y) => x - y);
        const part = partOf(whole, start ?? 0, end ?? 0);
        expect(Buffer.from(bytesOf(whole))).toEqual(bytes);
        expect(Buffer.from(bytesOf(part))).toEqual(bytes.subarray(start, end));
        expect(part.size).toBe((end ?? 0) - (start ?? 0));
        expect(sha256(whole)).toBe(sha256(bytes));
      }),
    );
  });
});

describe('a spool', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tallyman-spool-'));
    spoolIn(folder);
  });
  afterEach(async () => {
    spoolIn(tmpdir());
    await rm(folder, { recursive: true });
  });

  it.each([0, 10, 1_000_000])('gives back what it took in, with %d bytes in memory', (most) => {
    const spool = new Spool(most);
    const texts = Array.from({ length: 1000 }, (_, i) => `line ${i}, 한국어\n`);
    for (const text of texts) spool.add(text);
    const pieces = spool.end();
    const bytes = Buffer.from(texts.join(''));
    expect(pieces.size).toBe(bytes.length);
    expect(textOf(pieces)).toBe(texts.join(''));
    // As often as somebody wants.
    expect(Buffer.from(bytesOf(partOf(pieces, 5000, 6001)))).toEqual(bytes.subarray(5000, 6001));
  });

  it('leaves no name in the file system, so that nothing is left of a process that is killed', () => {
    const spool = new Spool(0);
    spool.add('much');
    expect(readdirSync(folder)).toEqual([]);
    expect(textOf(spool.end())).toBe('much');
  });

  it('fails as its source fails', async () => {
    const source = async function* (): AsyncGenerator<string> {
      yield await Promise.resolve('x'.repeat(2_000_000));
      throw new Error('broken off');
    };
    await expect(spooledLater(source())).rejects.toThrow('broken off');
  });

  it.each([10, 3_000_000])(
    'takes a file of %d bytes, which has no name afterwards',
    async (size) => {
      const path = join(folder, 'answer');
      await writeFile(path, 'a'.repeat(size));
      const pieces = takeFile(path);
      expect(readdirSync(folder)).toEqual([]);
      expect(sha256(pieces)).toBe(sha256('a'.repeat(size)));
      expect(piecesOf(pieces)).toBe(pieces);
    },
  );
});
