import { ContainerClient, StorageSharedKeyCredential } from '@azure/storage-blob';
import { createBlobStore } from '../../src/archive/blob-store';
import { readChain } from '../../src/archive/chain';
import { readReviewWords, reviewsByEntry } from '../../src/archive/reviews';
import { verifyArchive } from '../../src/archive/verify';
import type { Archive } from '../../src/core/archive';
import { parsePeriod } from '../../src/core/period';
import { gatherPast } from '../../src/run/past';
import type { ReviewRequest } from '../../src/run/review-run';
import { findReviewable, reviewRun } from '../../src/run/review-run';
import { streamsOf } from '../../src/run/streams';
import { codesOf, verifyWithScript } from '../archive/support';
import type { TestArchive } from '../support/archives';
import { buildArchive, fillArchive, newSigner, SOFTWARE } from '../support/archives';
import { startAzurite } from '../support/azurite';
import { TestStream } from '../support/every-kind';
import { twoReports } from '../support/empty-reports';

const NOW = '2026-04-01T08:00:00.000Z';
const DAY = '2026-03-03';
const HOSTILE = '</dd><script>alert(1)</script>\u202e"quoted"\u0007\ud800';

let test: TestArchive;
/** The clock goes on with every look at it. */
let ticks = 0;

beforeEach(async () => {
  ticks = 0;
  // Runs of 2, 3 and 5 March, which are the entries 2, 3 and 5, and a gap on 4 March.
  test = await buildArchive({ periods: 4, gaps: [2] });
});
afterEach(() => test.remove());

const parts = (archive: Archive = test.archive) => ({
  archive,
  signer: test.signer,
  software: SOFTWARE,
  now: () => new Date(Date.parse(NOW) + 1000 * ticks++).toISOString(),
});

/** Kim accepts the run of 3 March, unless said otherwise. */
const request = (change: Partial<ReviewRequest> = {}): ReviewRequest => ({
  stream: 'daily.all',
  run: DAY,
  sha256: test.entries[2]!.manifestSha256,
  decision: 'accepted',
  comment: 'Change 4711.',
  reviewer: { name: 'Kim', knownBy: 'statement' },
  ...change,
});

const testStream = (): TestStream => new TestStream(test.archive, 'daily.all', test.signer);

/** Each review of the stream: what it is of, the decision, who, and the comment. */
async function reviews(archive: Archive = test.archive): Promise<unknown[]> {
  const found = [...reviewsByEntry(await readChain(archive, 'daily.all')).values()].flat();
  return Promise.all(
    found.map(async (review) => {
      const words = await readReviewWords(archive, review);
      const { decision, reviews: of } = review.predicate;
      return typeof words === 'string'
        ? [of.sequence, decision, words]
        : [of.sequence, decision, words.reviewer.name, words.comment];
    }),
  );
}

/** What both verifiers say of the archive; they must agree, and find nothing wrong. */
async function notes(): Promise<string[]> {
  const ours = await verifyArchive(test.archive);
  const script = await verifyWithScript(test.folder);
  expect([script.codes, script.notes]).toEqual([codesOf(ours.discrepancies), codesOf(ours.notes)]);
  expect(ours.discrepancies).toEqual([]);
  return codesOf(ours.notes);
}

describe('a review', () => {
  it('is a link of the chain that names the entry, and both verifiers find it good', async () => {
    const { status, entry } = await reviewRun(parts(), request());
    expect(status).toBe('sealed');
    expect(entry.manifest.predicate).toMatchObject({
      kind: 'review',
      sequence: 6,
      period: { id: DAY },
      reviews: { sequence: 3, sha256: test.entries[2]!.manifestSha256 },
      decision: 'accepted',
      reviewedAt: NOW,
    });
    expect(await notes()).toEqual([]);
    expect((await verifyArchive(test.archive)).streams[0]?.reviews).toBe(1);
  });

  it('says who it was in its file alone, never in a manifest or in the chain', async () => {
    await reviewRun(parts(), request({ comment: 'Told by Choi.' }));
    const named: string[] = [];
    for await (const { path } of test.archive.list('')) {
      const text = Buffer.from((await test.archive.read(path)) ?? []).toString();
      if (/Kim|Choi/.test(text)) named.push(path.replace(/[0-9a-f]{64}/, '<sha256>'));
    }
    expect(named).toEqual(['daily.all/reviews/00000003/<sha256>.json']);
  });

  it('said again adds nothing, however often, whatever the clock says', async () => {
    const first = await reviewRun(parts(), request());
    const again = await reviewRun(parts(), request({ comment: ' Change 4711.\r\n' }));
    expect(again).toEqual({ status: 'said-already', entry: first.entry });
    expect(await reviews()).toHaveLength(1);
  });

  it('sent twice at the same moment is sealed once', async () => {
    const both = await Promise.all([1, 2, 3].map(() => reviewRun(parts(), request())));
    expect(both.map(({ status }) => status).sort()).toEqual([
      'said-already',
      'said-already',
      'sealed',
    ]);
    expect(new Set(both.map(({ entry }) => entry.sequence)).size).toBe(1);
    expect(await notes()).not.toContain('unsealed-review');
  });

  it('of others at the same moment are all sealed, one after the other', async () => {
    const names = ['Kim', 'Choi', 'Park'];
    await Promise.all(
      names.map((name) =>
        reviewRun(parts(), request({ reviewer: { name, knownBy: 'statement' } })),
      ),
    );
    expect((await reviews()).map((one) => (one as string[])[2]).sort()).toEqual(names.sort());
    expect(await notes()).not.toContain('unsealed-review');
  });

  it('is followed by others, and may be repeated after them: the last one counts', async () => {
    await reviewRun(parts(), request());
    await reviewRun(parts(), request({ decision: 'rejected', comment: 'Wrong registry.' }));
    await reviewRun(parts(), request());
    expect(await reviews()).toEqual([
      [3, 'accepted', 'Kim', 'Change 4711.'],
      [3, 'rejected', 'Kim', 'Wrong registry.'],
      [3, 'accepted', 'Kim', 'Change 4711.'],
    ]);
    // Each has a file of its own, so that each can be destroyed at its time.
    const entries = await testStream().entries();
    const files = entries.slice(5).map(({ manifest }) => manifest.subject[0]?.name);
    expect(new Set(files).size).toBe(3);
    expect(await notes()).toEqual([]);
  });

  it('keeps hostile text as it was said', async () => {
    const name = `Kim ${HOSTILE}`;
    await reviewRun(
      parts(),
      request({ comment: HOSTILE, reviewer: { name, knownBy: 'entra-id', id: 'x' } }),
    );
    expect(await reviews()).toEqual([[3, 'accepted', name, HOSTILE]]);
    expect(await notes()).toEqual([]);
  });

  it('of a gap is a review of the record, by the number or the period', async () => {
    const gap = { run: '2026-03-04', sha256: test.entries[3]!.manifestSha256 };
    await reviewRun(parts(), request(gap));
    await reviewRun(parts(), request({ ...gap, run: '4', decision: 'noted' }));
    expect((await reviews()).map((one) => (one as unknown[]).slice(0, 2))).toEqual([
      [4, 'accepted'],
      [4, 'noted'],
    ]);
    expect(await notes()).toEqual([]);
  });

  it('needs no comment only where there is nothing to explain', async () => {
    await reviewRun(parts(), request({ comment: ' ' }));
    const wordless = { comment: ' ', run: '4', sha256: test.entries[3]!.manifestSha256 };
    for (const change of [{ comment: '', decision: 'noted' }, wordless]) {
      await expect(reviewRun(parts(), request(change))).rejects.toMatchObject({
        code: 'ARGUMENT_INVALID',
        message: 'The review says nothing.',
      });
    }
  });
});

describe('what was read', () => {
  it('must be what speaks for the period now', async () => {
    const amendment = await testStream().amend(DAY);
    for (const run of [DAY, '3']) {
      await expect(reviewRun(parts(), request({ run }))).rejects.toMatchObject({
        code: 'REVIEW_OUTDATED',
        message: expect.stringContaining('entry 6 speaks for'),
      });
    }
    await reviewRun(parts(), request({ sha256: amendment.manifestSha256 }));
    expect(await reviews()).toEqual([[6, 'accepted', 'Kim', 'Change 4711.']]);
    expect(await notes()).toEqual([]);
  });

  it('must not have been reviewed by somebody else since, when the reviewer says what they knew of', async () => {
    const choi = { name: 'Choi', knownBy: 'statement' } as const;
    const { entry } = await reviewRun(
      parts(),
      request({ reviewer: choi, decision: 'rejected', seen: 0 }),
    );
    await expect(reviewRun(parts(), request({ seen: 0 }))).rejects.toMatchObject({
      code: 'REVIEW_OUTDATED',
      message: expect.stringContaining('entry 6, rejected'),
    });
    await reviewRun(parts(), request({ seen: entry.sequence }));
    // A click that is repeated late must not undo what was said after it.
    const late = await reviewRun(
      parts(),
      request({ reviewer: choi, decision: 'rejected', seen: 0 }),
    );
    expect(late).toEqual({ status: 'said-already', entry });
    expect(await reviews()).toHaveLength(2);
  });

  it('can’t have been a report that was destroyed', async () => {
    await testStream().destroy([test.entries[2]!], { policy: { text: 'None.', days: 0 } });
    await expect(reviewRun(parts(), request())).rejects.toMatchObject({
      code: 'EVIDENCE_DESTROYED',
    });
  });

  it.each([
    ['a digest of nothing', { sha256: '0'.repeat(64) }, 'REVIEW_OUTDATED'],
    ['the digest of another period', { run: '2' }, 'REVIEW_OUTDATED'],
    ['the genesis', { run: '1' }, 'ARGUMENT_INVALID'],
    ['an entry that is not there', { run: '77' }, 'ARGUMENT_INVALID'],
    ['a period that is not there', { run: '2026-03-09' }, 'ARGUMENT_INVALID'],
    ['a detour', { run: '../2026-03-03' }, 'ARGUMENT_INVALID'],
    ['a stream that is not there', { stream: 'weekly.all' }, 'ARGUMENT_INVALID'],
    ['what is no stream', { stream: '../daily.all' }, 'ARGUMENT_INVALID'],
    ['no decision', { decision: '' }, 'ARGUMENT_INVALID'],
    ['an inherited decision', { decision: 'constructor' }, 'ARGUMENT_INVALID'],
    ['nobody', { reviewer: { name: ' ', knownBy: 'statement' } }, 'ARGUMENT_INVALID'],
    [
      'a long name',
      { reviewer: { name: 'x'.repeat(201), knownBy: 'statement' } },
      'ARGUMENT_INVALID',
    ],
    ['a long comment', { comment: 'x'.repeat(2001) }, 'ARGUMENT_INVALID'],
  ] as const)('is refused with a remedy, and nothing written: %s', async (_, change, code) => {
    const paths = async (): Promise<string[]> => {
      const all: string[] = [];
      for await (const { path } of test.archive.list('')) all.push(path);
      return all;
    };
    const before = await paths();
    await expect(reviewRun(parts(), request(change))).rejects.toMatchObject({
      code,
      hint: expect.stringMatching(/.\.$/),
    });
    expect(await paths()).toEqual(before);
  });

  it('must be reviewed with the stream’s key', async () => {
    const stranger = { ...parts(), signer: newSigner() };
    await expect(reviewRun(stranger, request())).rejects.toMatchObject({
      code: 'SIGNING_KEY_INVALID',
    });
    expect([await reviews(), await notes()]).toEqual([[], []]);
  });
});

it('is finished by saying it again, wherever it was killed, and leaves no file unsealed', async () => {
  /** Dies at the n-th step: before or after any call. */
  const dying = (at: number): Archive => {
    let steps = 0;
    const stepped = async <T>(work: () => Promise<T>): Promise<T> => {
      if (++steps === at) throw new Error('killed');
      const result = await work();
      if (++steps === at) throw new Error('killed');
      return result;
    };
    const { archive } = test;
    return {
      ...archive,
      create: (path, content) => stepped(() => archive.create(path, content)),
      read: (path) => stepped(() => archive.read(path)),
    };
  };
  let points = 0;
  for (let survived = false; !survived; points += 1) {
    await test.remove();
    test = await buildArchive({ periods: 2, gaps: [] });
    survived = await reviewRun(parts(dying(points + 1)), request()).then(
      () => true,
      (error: unknown) => !(error instanceof Error && error.message === 'killed'),
    );
    await reviewRun(parts(), request());
    expect(await reviews()).toEqual([[3, 'accepted', 'Kim', 'Change 4711.']]);
    const { discrepancies, notes: left } = await verifyArchive(test.archive);
    expect([points, discrepancies, codesOf(left)]).toEqual([
      points,
      [],
      // As of every kind of entry: the manifest of an attempt that lost.
      codesOf(left).filter((code) => code === 'uncommitted-manifest'),
    ]);
  }
  expect(points).toBeGreaterThan(10);
});

it('works in a container, and among reviews of others at once', async () => {
  const azurite = await startAzurite();
  const credential = new StorageSharedKeyCredential(azurite.accountName, azurite.accountKey);
  const container = new ContainerClient(`${azurite.blobUrl}/evidence`, credential);
  await container.create();
  const archive = createBlobStore(container);
  const { entries } = await fillArchive(archive, test.signer, { periods: 2, gaps: [] });
  const { manifestSha256 } = entries[2]!;
  const ask = (name: string): ReviewRequest =>
    request({ sha256: manifestSha256, reviewer: { name, knownBy: 'statement' } });
  await Promise.all(
    ['Kim', 'Choi', 'Kim', 'Park', 'Kim'].map((name) => reviewRun(parts(archive), ask(name))),
  );
  const said = (await reviews(archive)).map((one) => (one as string[])[2]);
  expect(new Set(said)).toEqual(new Set(['Kim', 'Choi', 'Park']));
  const { discrepancies, notes: left } = await verifyArchive(archive);
  expect(discrepancies).toEqual([]);
  expect(codesOf(left)).not.toContain('unsealed-review');
  await azurite.stop();
}, 60_000);

describe('later reports', () => {
  it('know what the last review of a day decided, until the day is amended', async () => {
    const catalog = twoReports();
    const weekly = streamsOf(catalog).find(({ stream }) => stream === 'weekly.all')!;
    const week = parsePeriod('week', 'Asia/Seoul', '2026-W10')!;
    const decided = async (): Promise<string | undefined> => {
      const past = await gatherPast({ archive: test.archive, catalog }, weekly, week, []);
      return past?.days.find(({ period }) => period.id === DAY)?.review;
    };
    expect(await decided()).toBeUndefined();
    await reviewRun(parts(), request({ decision: 'noted' }));
    await reviewRun(parts(), request());
    expect(await decided()).toBe('accepted');
    await testStream().amend(DAY);
    expect(await decided()).toBeUndefined();
  });
});

it('shows what would be reviewed, and changes nothing', async () => {
  await reviewRun(parts(), request());
  const { entry, reviews: said } = await findReviewable(test.archive, {
    stream: 'daily.all',
    run: '3',
  });
  expect([entry.sequence, said.length, await reviews()]).toMatchObject([3, 1, { length: 1 }]);
});
