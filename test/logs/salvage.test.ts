import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import type { UnreadableLine } from '../../src/core/logs';
import { REPOSITORY_EVENTS } from '../../src/logs/registry-tables';
import { salvage } from '../../src/logs/salvage';
import { archiveOf, closeArchives, DAY, rowsOf } from './support/archive';
import {
  blobPath,
  newFolder,
  REPOSITORY,
  repositoryEvent,
  repositoryRecord,
  resourceOf,
  writeBlobs,
} from './support/raw-logs';

const BLOB = blobPath(REPOSITORY, resourceOf('contoso'), '2026-03-02T07');
const EVENTS = 'ContainerRegistryRepositoryEvents';

const event = (second: number, more: Partial<Parameters<typeof repositoryEvent>[0]> = {}): string =>
  repositoryEvent({
    time: `2026-03-02T07:00:${String(second).padStart(2, '0')}Z`,
    tag: `t${second}`,
    ...more,
  });

let folder: string;
beforeEach(async () => {
  folder = await newFolder();
});
afterEach(async () => {
  await closeArchives();
  await rm(folder, { recursive: true, force: true });
});

const ABOUT = {
  table: 'ContainerRegistryRepositoryEvents',
  registry: 'contoso',
  time: expect.stringMatching(/^2026-03-02T07:00:0[08].000Z$/) as unknown,
};

/** The tags of the records and the unreadable lines of one blob. */
async function read(
  content: Buffer | string,
): Promise<{ tags: unknown[]; unreadable: readonly UnreadableLine[]; userAgents: unknown[] }> {
  await writeBlobs(folder, { [BLOB]: content });
  const session = await (await archiveOf(folder)).open(DAY);
  const rows = rowsOf(
    await session.query(`${EVENTS} | project Tag, UserAgent | order by Tag asc, UserAgent asc`),
  );
  const { unreadable, records, blobs } = session.intake();
  expect({ records, blobs }).toEqual({ records: rows.length, blobs: 1 });
  return {
    tags: rows.map((row) => row['Tag']),
    unreadable,
    userAgents: rows.map((r) => r['UserAgent']),
  };
}

describe('a damaged blob', () => {
  it.each([
    ['text', 'this is no JSON', 'not JSON'],
    ['two records on a line', event(8) + event(9), 'not JSON'],
    ['a cut line', event(8).slice(0, 100), 'not JSON'],
    ['a raw NUL', event(8).replace('jane', 'ja\0ne'), 'not JSON'],
    ['a number', '42', 'not a record'],
    ['an array', '[{}]', 'not a record'],
    ['null', 'null', 'not a record'],
    ['a text', '"x"', 'not a record'],
    ['an empty record', '{}', 'no time'],
    ['a record without time', event(8).replace('"time"', '"thyme"'), 'no time'],
    ['a record with a wrong time', event(8).replace('2026-03-02T', '2026-02-30T'), 'no time'],
    ['a time that is no text', '{"time": [1], "properties": {}}', 'no time'],
  ])('loses nothing but the line: %s', async (_name, bad, reason) => {
    const { tags, unreadable } = await read(`${event(1)}\n${bad}\n${event(2)}\n`);
    expect(tags).toEqual(['t1', 't2']);
    expect(unreadable).toEqual([
      {
        blob: BLOB,
        offset: Buffer.byteLength(event(1)) + 1,
        length: Buffer.byteLength(bad),
        reason,
        text: bad,
        about: ABOUT,
      },
    ]);
  });

  it('says when a line that can’t be read was: by its own time, otherwise by its blob’s hour', async () => {
    const cut = event(8).replace('2026-03-02T07:00:08Z', '2026-03-01T21:15:00Z').slice(0, 90);
    const never = event(8).replace('2026-03-02T', '2026-02-30T').slice(0, 90);
    const { unreadable } = await read(`${cut}\n${never}\nno JSON`);
    expect(unreadable.map(({ about }) => about)).toEqual([
      { ...ABOUT, time: '2026-03-01T21:15:00.000Z' },
      { ...ABOUT, time: '2026-03-02T07:00:00.000Z' },
      { ...ABOUT, time: '2026-03-02T07:00:00.000Z' },
    ]);
  });

  it('tells a half-written last line, and takes a complete one without its line feed', async () => {
    const half = event(2).slice(0, 50);
    const { tags, unreadable } = await read(`${event(1)}\n${half}`);
    expect(tags).toEqual(['t1']);
    expect(unreadable).toMatchObject([{ reason: 'half-written last line', text: half }]);
    const whole = await read(`${event(1)}\n${event(2)}`);
    expect(whole).toMatchObject({ tags: ['t1', 't2'], unreadable: [] });
  });

  it('keeps a record whose text is not UTF-8, or holds half a surrogate pair', async () => {
    const [before = '', after = ''] = event(2).split('docker/28');
    const { tags, unreadable, userAgents } = await read(
      Buffer.concat([
        Buffer.from(`${event(1, { userAgent: 'a\ud800b' })}\n${before}`),
        Buffer.from([0x61, 0xff, 0xfe]),
        Buffer.from(`${after}\n`),
      ]),
    );
    expect(tags).toEqual(['t1', 't2']);
    expect(unreadable).toEqual([]);
    expect(userAgents).toEqual(['a\ufffdb', 'a\ufffd\ufffd']);
  });

  it('keeps hostile texts as they are', async () => {
    const texts = [
      '\0',
      '\u202ereversed',
      '\r\n\t\u001b[31m',
      `'; DROP TABLE x; --`,
      '"}{{=1+1}}<script>',
      '한국어 العربية 👩‍👩‍👧',
      'x'.repeat(1024 * 1024),
      '<nil> ',
      '--',
    ];
    const { userAgents, unreadable } = await read(
      texts.map((userAgent, i) => `${event(i, { userAgent })}\n`).join(''),
    );
    expect(userAgents).toEqual(texts);
    expect(unreadable).toEqual([]);
  });

  it('reads a record that is nested deeply, where the depth is not in a column', async () => {
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
    const { tags } = await read(`${event(1).replace('"weu-3"', deep)}\n`);
    expect(tags).toEqual(['t1']);
  });

  it('reports a record that is nested too deeply when it has to be written again', async () => {
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
    const bad = event(2).replace('"jane@example.com"', deep);
    const { tags, unreadable } = await read(`${event(1)}\n{}\n${bad}\n`);
    expect(tags).toEqual(['t1']);
    expect(unreadable).toMatchObject([{ reason: 'no time' }, { reason: 'nested too deeply' }]);
    expect(unreadable[1]?.text).toHaveLength(4096);
  });

  it('skips a byte order mark, blank lines and carriage returns', async () => {
    const { tags, unreadable } = await read(`\ufeff${event(1)}\r\n\r\n  \n${event(2)}\r\n`);
    expect({ tags, unreadable }).toEqual({ tags: ['t1', 't2'], unreadable: [] });
  });

  it('reads the old form, on one line or pretty-printed', async () => {
    const records = [
      repositoryRecord({ time: '2026-03-02T07:00:01Z', tag: 't1' }),
      repositoryRecord({ time: '2026-03-02T07:00:02Z', tag: 't2' }),
    ];
    expect(await read(JSON.stringify({ records }))).toMatchObject({
      tags: ['t1', 't2'],
      unreadable: [],
    });
    expect(await read(JSON.stringify({ records }, null, 2))).toMatchObject({
      tags: ['t1', 't2'],
      unreadable: [],
    });
    expect(await read(`${JSON.stringify({ records })}\n${event(3)}\n`)).toMatchObject({
      tags: ['t1', 't2', 't3'],
    });
  });

  it('reads an empty blob as no records', async () => {
    expect(await read('')).toMatchObject({ tags: [], unreadable: [] });
  });

  it('does not keep more than a thousand unreadable lines apart', async () => {
    const { unreadable } = await read('x\n'.repeat(2500));
    expect(unreadable).toHaveLength(1001);
    expect(unreadable.at(-1)).toEqual({
      blob: BLOB,
      offset: 2000,
      length: 2999,
      reason: '1500 more unreadable lines from here',
      text: 'x',
      about: ABOUT,
    });
  });

  it('accounts for every line, whatever stands in it', async () => {
    const line = fc.oneof(
      { weight: 3, arbitrary: fc.integer({ min: 0, max: 59 }).map((second) => event(second)) },
      fc.string({ unit: 'binary', maxLength: 40 }).map((text) => text.replaceAll('\n', ' ')),
      fc.json({ maxDepth: 3 }).map((text) => text.replaceAll('\n', ' ')),
      fc.integer({ min: 1, max: 300 }).map((length) => event(7).slice(0, length)),
    );
    const source = join(folder, 'source.json');
    const target = join(folder, 'target.json');
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 20 }), async (lines) => {
        const bytes = Buffer.from(lines.map((text) => `${text}\n`).join(''));
        await writeFile(source, bytes);
        const result = await salvage({
          shape: REPOSITORY_EVENTS,
          source,
          size: bytes.length,
          blob: BLOB,
          target,
        });
        const blank = lines.filter((text) => Buffer.from(text).toString().trim() === '').length;
        expect(result.records + result.unreadable.length).toBe(lines.length - blank);
        expect((await readFile(target, 'utf8')).split('\n')).toHaveLength(result.records + 1);
        for (const { offset, length } of result.unreadable) {
          expect(bytes[offset + length]).toBe(0x0a);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('gives the same records whether DuckDB or we read the lines', async () => {
    const lines = Array.from({ length: 50 }, (_, i) =>
      event(i, {
        identity: i % 3 === 0 ? { n: i } : `u${i}`,
        digest: i % 2 === 0 ? '-' : 'sha256:x',
      }),
    );
    const fast = await wholeTable(lines);
    expect(fast).toHaveLength(50);
    // Of the first only the lines that DuckDB refuses are read again, of the second all.
    for (const bad of ['no JSON', '{}']) expect(await wholeTable([...lines, bad])).toEqual(fast);
  });

  it.each(['\f', '\v', ' ', '\ufeff'])(
    'takes no line that DuckDB has read for the one that it refused: %j before a record',
    async (before) => {
      const { tags, unreadable } = await read(`${event(1)}\n${before}${event(2)}\n{}\n`);
      expect(tags).toEqual(['t1', 't2']);
      expect(unreadable).toMatchObject([{ reason: 'no time' }]);
    },
  );

  it('counts copies of a record that only we can read, and lets go of it with its blob', async () => {
    const half = event(1, { userAgent: 'a\ud800b' });
    await writeBlobs(folder, { [BLOB]: [half, half, event(2), event(2), event(3)] });
    const archive = await archiveOf(folder);
    const session = await archive.open(DAY);
    expect(session.intake()).toMatchObject({ records: 3, duplicates: 2, unreadable: [] });
    const tags = `${EVENTS} | project Tag | order by Tag asc`;
    expect(rowsOf(await session.query(tags)).map((row) => row['Tag'])).toEqual(['t1', 't2', 't3']);
    await writeBlobs(folder, { [BLOB]: [event(4), event(5, { userAgent: '\udc00' })] });
    const later = await archive.open(DAY);
    expect(later.intake()).toMatchObject({ records: 2, duplicates: 0 });
    expect(rowsOf(await later.query(tags)).map((row) => row['Tag'])).toEqual(['t4', 't5']);
  });

  async function wholeTable(lines: readonly string[]): Promise<unknown[]> {
    await writeBlobs(folder, { [BLOB]: lines });
    const session = await (await archiveOf(folder)).open(DAY);
    return rowsOf(await session.query(`${EVENTS} | order by TimeGenerated asc`));
  }
});
