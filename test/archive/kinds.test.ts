import { rmSync } from 'node:fs';
import { join } from 'node:path';

import { witnessPath } from '../../src/archive/layout';
import { keyAfter } from '../../src/archive/key-trust';
import { createFolderStore } from '../../src/archive/folder-store';
import { verifyArchive } from '../../src/archive/verify';
import type { TestArchive } from '../support/archives';
import { buildArchive, newSigner } from '../support/archives';
import { TestStream } from '../support/every-kind';

let begun: TestArchive;
let stream: TestStream;

beforeEach(async () => {
  begun = await buildArchive({ periods: 3, gaps: [1] });
  stream = new TestStream(begun.archive, begun.stream, begun.signer);
});
afterEach(() => begun.remove());

async function verified(): Promise<{ codes: string[]; notes: string[] }> {
  const { discrepancies, notes } = await verifyArchive(createFolderStore(begun.folder));
  return { codes: discrepancies.map(({ code }) => code), notes: notes.map(({ code }) => code) };
}

it('seals every kind of entry in one chain that verifies', async () => {
  const [, run] = await stream.entries();
  await stream.amend('2026-03-02');
  await stream.amend('2026-03-02', { after: 7 });
  await stream.amend('2026-03-03', { after: null });
  const review = await stream.review(run!);
  const next = newSigner();
  await stream.rotate(next);
  await stream.run();
  await stream.redefine('definition 2');
  await stream.run();
  await stream.redefine('definition 3', { kind: 'week' });
  const bridge = await stream.run();
  await stream.run();
  await stream.destroy([run!, review]);
  expect(bridge.manifest.predicate).toMatchObject({
    period: { id: '2026-W11', from: '2026-03-07', to: '2026-03-16' },
  });
  expect(await verified()).toEqual({
    codes: [],
    notes: ['destruction-unfinished', 'destruction-unfinished'],
  });
  rmSync(join(begun.folder, begun.stream, 'runs/2026-03-02/report.html'));
  rmSync(join(begun.folder, begun.stream, 'reviews'), { recursive: true });
  expect(await verified()).toEqual({
    codes: [],
    notes: ['destruction-unfinished', 'destroyed-under-retention'],
  });
  expect(keyAfter(await stream.entries())).toBe(next.fingerprint);
});

it('bridges a change of time zone without a gap or an overlap', async () => {
  await stream.redefine('definition 2', { timeZone: 'Europe/Berlin' });
  const bridge = await stream.run();
  await stream.run();
  expect(bridge.manifest.predicate).toMatchObject({
    period: {
      id: '2026-03-05',
      from: '2026-03-05',
      start: '2026-03-04T15:00:00.000Z',
      end: '2026-03-05T23:00:00.000Z',
    },
  });
  await stream.redefine('definition 3', { timeZone: 'Asia/Seoul' });
  const back = await stream.run();
  expect(back.manifest.predicate).toMatchObject({
    period: { id: '2026-03-08', from: '2026-03-07', start: '2026-03-06T23:00:00.000Z' },
  });
  expect(await verified()).toEqual({ codes: [], notes: [] });
});

it('refuses to go on with a key that was replaced', async () => {
  await stream.rotate(newSigner());
  stream.signer = begun.signer;
  await expect(stream.run()).rejects.toMatchObject({ code: 'SIGNING_KEY_INVALID' });
});

it('refuses to seal what refers wrongly to earlier entries', async () => {
  const [genesis, run] = await stream.entries();
  await expect(stream.destroy([genesis!])).rejects.toThrow('destruction-wrong');
  const tooEarly = { destroyedAt: '2026-12-31T00:00:00.000Z' };
  await expect(stream.destroy([run!], tooEarly)).rejects.toThrow('to be kept for 365 days');
  await stream.amend('2026-03-02');
  const reference = { sequence: run!.sequence, sha256: run!.manifestSha256 };
  await expect(stream.amend('2026-03-02', { amends: reference })).rejects.toThrow(
    'amendment-wrong',
  );
});

it('has a place for a time stamp of each entry', () => {
  expect(witnessPath('daily.all', 42)).toBe('daily.all/witnesses/00000042.tsr');
});
