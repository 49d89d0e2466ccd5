import { readChain } from '../../src/archive/chain';
import { verifyArchive } from '../../src/archive/verify';
import type { Archive } from '../../src/core/archive';
import { rotateAllKeys } from '../../src/run/rotate-key';
import type { TestArchive } from '../support/archives';
import { appendRun, buildArchive, fillArchive, newSigner } from '../support/archives';
import { nextPeriod, periodContaining } from '../../src/core/period';

let test: TestArchive;

beforeEach(async () => {
  test = await buildArchive({ periods: 2, gaps: [] });
  await fillArchive(test.archive, test.signer, { periods: 1, gaps: [], reportId: 'weekly' });
});

afterEach(() => test.remove());

const why = 'The old key is three years old.';
const newSealer = newSigner();

const partsWith = (archive: Archive) => ({
  archive,
  signer: test.signer,
  software: { name: 'tallyman', version: '0.0.0', commit: 'test' },
  now: () => '2026-04-01T00:00:00.000Z',
});

/** A store that dies at its n-th write, before or after it. */
function dying(at: number): Archive {
  let steps = 0;
  const step = (): void => {
    if (++steps === at) throw new Error('killed');
  };
  return {
    ...test.archive,
    create: async (path, content) => {
      step();
      const result = await test.archive.create(path, content);
      step();
      return result;
    },
  };
}

async function rotations(stream: string): Promise<number> {
  const entries = await readChain(test.archive, stream);
  return entries.filter(({ manifest }) => manifest.predicate.kind === 'key-rotation').length;
}

it('hands over every stream once, and the new key goes on with them', async () => {
  const result = await rotateAllKeys(partsWith(test.archive), newSealer, why);
  expect(result.failed).toEqual([]);
  expect(result.rotated.map(({ stream, entry }) => [stream, entry?.sequence])).toEqual([
    ['daily.all', 4],
    ['weekly.all', 3],
  ]);
  const again = await rotateAllKeys(partsWith(test.archive), newSealer, why);
  expect(again.rotated.map(({ entry }) => entry)).toEqual([undefined, undefined]);

  const day = nextPeriod(
    nextPeriod(periodContaining('day', 'Asia/Seoul', '2026-03-02T00:00:00.000Z')),
  );
  await expect(appendRun(test.archive, test.signer, 'daily.all', day)).rejects.toMatchObject({
    code: 'SIGNING_KEY_INVALID',
  });
  await appendRun(test.archive, newSealer, 'daily.all', day);
  expect((await verifyArchive(test.archive)).discrepancies).toEqual([]);
});

it('is finished by calling it again, wherever it was killed', async () => {
  let survived = false;
  for (let at = 1; !survived; at++) {
    await test.remove();
    test = await buildArchive({ periods: 1, gaps: [] });
    await fillArchive(test.archive, test.signer, { periods: 1, gaps: [], reportId: 'weekly' });
    const killed = await rotateAllKeys(partsWith(dying(at)), newSealer, why);
    survived = killed.failed.length === 0;
    expect((await rotateAllKeys(partsWith(test.archive), newSealer, why)).failed).toEqual([]);
    expect([await rotations('daily.all'), await rotations('weekly.all')]).toEqual([1, 1]);
    expect((await verifyArchive(test.archive)).discrepancies).toEqual([]);
  }
});

it('refuses the key that is in use, and tells of a stream that another key signs', async () => {
  await expect(rotateAllKeys(partsWith(test.archive), test.signer, why)).rejects.toMatchObject({
    code: 'ARGUMENT_INVALID',
  });
  const stranger = { ...partsWith(test.archive), signer: newSigner() };
  const { failed, rotated } = await rotateAllKeys(stranger, newSealer, why);
  expect(rotated).toEqual([]);
  expect(failed).toMatchObject([
    { stream: 'daily.all', error: { code: 'SIGNING_KEY_INVALID' } },
    { stream: 'weekly.all', error: { code: 'SIGNING_KEY_INVALID' } },
  ]);
});
