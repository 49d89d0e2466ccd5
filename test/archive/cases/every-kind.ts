import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { folderEraser } from '../../../src/archive/folder-eraser';
import { createFolderStore } from '../../../src/archive/folder-store';
import { proveRotation } from '../../../src/archive/key-rotation';
import { amendmentFolder, keyPath, reviewPath } from '../../../src/archive/layout';
import type { Signer } from '../../../src/core/archive';
import { sha256 } from '../../../src/core/digest';
import { destroyFiles } from '../../../src/run/destroy';
import { SOFTWARE } from '../../support/archives';
import { seededSigner } from '../../support/seeded-signer';
import { editableManifest, forgeEntry, put } from '../forge';
import type { Case, Intact } from './case';
import { digestOf, entryPath, manifestOfEntry, remove, rewrite } from './case';

/** The next entry of the long archive. */
const NEXT = 15;
const KEPT = ['destroyed-under-retention'];

interface Added {
  readonly subject?: { name: string; digest: { sha256: string } }[];
  readonly signer?: Signer;
  readonly fields: Record<string, unknown>;
}

/** Appends whatever the key’s holder likes, without any check. `like` is the entry whose fields it begins with. */
async function append(folder: string, intact: Intact, like: number, added: Added): Promise<void> {
  const { signer = intact.newSigner, fields } = added;
  const manifest = editableManifest(folder, intact.stream, digestOf(intact, like));
  const previous = { sequence: NEXT - 1, sha256: digestOf(intact, NEXT - 1) };
  const ofChain = [
    { name: `manifests/${previous.sha256}.json`, digest: { sha256: previous.sha256 } },
  ];
  await forgeEntry(folder, signer, intact.stream, NEXT, {
    ...manifest,
    subject: added.subject ?? ofChain,
    predicate: {
      ...(manifest.predicate as object),
      ...{ sequence: NEXT, previous, keyFingerprint: intact.newSigner.fingerprint },
      ...fields,
    },
  });
}

/** A file to list; it is written unless there is one. */
function file(folder: string, intact: Intact, path: string): NonNullable<Added['subject']> {
  if (!existsSync(join(folder, path))) put(folder, path, path);
  const content = readFileSync(join(folder, path));
  return [{ name: path.slice(intact.stream.length + 1), digest: { sha256: sha256(content) } }];
}

const named = (intact: Intact, sequence: number): { sequence: number; sha256: string } => ({
  sequence,
  sha256: digestOf(intact, sequence),
});

function amendment(fields: (intact: Intact) => { amends: object; number: number }): Case['damage'] {
  return (folder, intact) => {
    const { number } = fields(intact);
    const amended = amendmentFolder(intact.stream, '2026-03-02', number);
    return append(folder, intact, 5, {
      subject: ['definition.json', 'run.json', 'second.json'].flatMap((name) =>
        file(folder, intact, `${amended}${name}`),
      ),
      fields: fields(intact),
    });
  };
}

function review(fields: (intact: Intact) => Record<string, unknown>): Case['damage'] {
  return (folder, intact) => {
    const { reviews } = fields(intact) as { reviews: { sequence: number } };
    const path = reviewPath(intact.stream, reviews.sequence, sha256('seen'));
    return append(folder, intact, 7, {
      subject: file(folder, intact, path),
      fields: fields(intact),
    });
  };
}

function rotation(
  fields: (intact: Intact, proof: (signer: Signer) => Promise<string>) => Promise<object>,
  signer?: (intact: Intact) => Signer,
): Case['damage'] {
  return async (folder, intact) => {
    const third = seededSigner('third');
    const { fingerprint, publicKeyPem } = third;
    put(folder, keyPath(fingerprint), publicKeyPem);
    const terms = {
      stream: intact.stream,
      sequence: NEXT,
      previous: named(intact, NEXT - 1),
      keyFingerprint: intact.newSigner.fingerprint,
      newKeyFingerprint: fingerprint,
    };
    const given = await fields(intact, (prover) => proveRotation(prover, terms));
    const chosen = { newKeyFingerprint: fingerprint, ...given };
    const isSame = chosen.newKeyFingerprint !== fingerprint;
    const pem = isSame ? intact.newSigner.publicKeyPem : publicKeyPem;
    const name = `../${keyPath(chosen.newKeyFingerprint)}`;
    await append(folder, intact, 8, {
      subject: [{ name, digest: { sha256: sha256(pem) } }],
      ...(signer && { signer: { ...signer(intact), fingerprint: intact.newSigner.fingerprint } }),
      fields: chosen,
    });
  };
}

function destruction(fields: (intact: Intact) => object): Case['damage'] {
  return (folder, intact) =>
    rewrite(
      folder,
      intact,
      14,
      ({ predicate }) => Object.assign(predicate, fields(intact)),
      intact.newSigner,
    );
}

/** A change of the schedule after week 11, which ends before 16 March. */
function change(firstPeriod: Record<string, string>): Case['damage'] {
  const schedule = {
    deliverAt: '08:00',
    settleHours: 12,
    firstPeriod: { timeZone: 'Asia/Seoul', ...firstPeriod },
  };
  return (folder, intact) => append(folder, intact, 12, { fields: { schedule } });
}

export const GOOD_OF_EVERY_KIND: readonly Case[] = [
  { when: 'every kind of entry is there', damage: () => undefined, codes: [], notes: KEPT },
  {
    when: 'range and head cover every kind of entry',
    damage: () => undefined,
    asked: (intact) => ({ from: '2026-03-02', to: '2026-03-16', head: digestOf(intact, 14) }),
    codes: [],
    notes: KEPT,
  },
  {
    when: 'a destruction was interrupted',
    damage: (folder, intact) => {
      put(
        folder,
        reviewPath(intact.stream, 2, sha256('{"reviewer":"Kim","comment":"seen 2026-03-02"}')),
        '{"reviewer":"Kim","comment":"seen 2026-03-02"}',
      );
    },
    codes: [],
    notes: [...KEPT, 'destruction-unfinished'],
  },
  {
    when: 'all files of all entries were destroyed under retention',
    damage: async (folder, { stream, newSigner }) => {
      const parts = {
        archive: createFolderStore(folder),
        signer: newSigner,
        software: SOFTWARE,
        now: () => '2027-06-01T12:00:00.000Z',
      };
      const asked = { stream, before: '2027-01-01', reason: 'Reports are kept for a year.' };
      await destroyFiles(parts, folderEraser(folder), asked);
    },
    codes: [],
    notes: KEPT,
  },
  {
    when: 'an amendment and a review were interrupted',
    damage: (folder, { stream }) => {
      put(folder, `${amendmentFolder(stream, '2026-03-02', 2)}difference.json`, 'half');
      put(folder, reviewPath(stream, 4, sha256('seen')), 'seen');
    },
    codes: [],
    notes: [...KEPT, 'unsealed-amendment', 'unsealed-review'],
  },
];

export const BAD_OF_EVERY_KIND: readonly Case[] = (
  [
    {
      when: 'a file was put among those of a sealed amendment',
      damage: (folder, { stream }) => {
        put(folder, `${amendmentFolder(stream, '2026-03-03', 1)}more.json`, '{}');
      },
      codes: ['file-unlisted'],
    },
    {
      when: 'a file of an amendment was changed',
      damage: (folder, { stream }) => {
        put(folder, `${amendmentFolder(stream, '2026-03-02', 1)}difference.json`, '{}');
      },
      codes: ['file-altered'],
    },
    {
      when: 'an amendment lists nothing but what differs',
      damage: (folder, intact) =>
        append(folder, intact, 5, {
          subject: file(folder, intact, `${amendmentFolder(intact.stream, '2026-03-02', 2)}a.json`),
          fields: { amends: named(intact, 5), number: 2 },
        }),
      codes: ['subject-incomplete'],
    },
    {
      when: 'an amendment amends the run of another period',
      damage: amendment((intact) => ({ amends: named(intact, 4), number: 2 })),
      codes: ['amendment-wrong'],
    },
    {
      when: 'an amendment passes over an earlier one',
      damage: amendment((intact) => ({ amends: named(intact, 2), number: 2 })),
      codes: ['amendment-wrong'],
    },
    {
      when: 'an amendment has the number of an earlier one',
      damage: amendment((intact) => ({ amends: named(intact, 5), number: 1 })),
      codes: ['amendment-wrong'],
    },
    {
      when: 'a review names another digest than the entry has',
      damage: review((intact) => ({ reviews: { sequence: 4, sha256: digestOf(intact, 2) } })),
      codes: ['review-wrong'],
    },
    {
      when: 'a review is of a key rotation',
      damage: review((intact) => ({ reviews: named(intact, 8) })),
      codes: ['review-wrong'],
    },
    {
      when: 'a review was signed by the key that was replaced',
      damage: async (folder, intact) => {
        const path = reviewPath(intact.stream, 4, sha256('seen'));
        const { predicate } = editableManifest(folder, intact.stream, digestOf(intact, 4));
        await append(folder, intact, 7, {
          signer: intact.signer,
          subject: file(folder, intact, path),
          fields: { reviews: named(intact, 4), period: (predicate as { period: unknown }).period },
        });
      },
      codes: ['key-unknown'],
    },
    {
      when: 'a key rotation was forged without the old key',
      damage: rotation(
        async (_, prove) => ({ proof: await prove(seededSigner('third')) }),
        () => seededSigner('third'),
      ),
      codes: ['signature-wrong'],
    },
    {
      when: 'a key rotation names a key whose holder did not take part',
      damage: rotation(async (intact, prove) => ({ proof: await prove(intact.newSigner) })),
      codes: ['rotation-wrong'],
    },
    {
      when: 'a key rotation names the same key',
      damage: rotation(async (intact, prove) => ({
        newKeyFingerprint: intact.newSigner.fingerprint,
        proof: await prove(intact.newSigner),
      })),
      codes: ['rotation-wrong'],
      notes: [...KEPT, 'unused-key'],
    },
    {
      when: 'a key rotation was deleted',
      damage: (folder, intact) => {
        remove(folder, entryPath(intact, 8));
      },
      codes: ['sequence-gap', 'key-unknown'],
      notes: [...KEPT, 'uncommitted-manifest', 'unused-key'],
    },
    {
      when: 'the key that was rotated to was deleted',
      damage: (folder, { newSigner }) => {
        remove(folder, keyPath(newSigner.fingerprint));
      },
      codes: ['key-missing', 'file-missing'],
    },
    {
      when: 'files were deleted that no destruction names',
      damage: (folder, { stream }) => {
        remove(folder, join(stream, 'runs/2026-03-04'));
      },
      codes: ['file-missing'],
    },
    {
      when: 'a destruction comes before the files may go',
      damage: destruction(() => ({ destroyedAt: '2027-03-30T23:59:59.999Z' })),
      codes: ['destruction-wrong', 'file-missing'],
      notes: [],
    },
    {
      when: 'a destruction names a gap and a wrong digest',
      damage: destruction((intact) => ({
        entries: [named(intact, 3), { sequence: 2, sha256: digestOf(intact, 4) }],
      })),
      codes: ['destruction-wrong', 'file-missing'],
      notes: [],
    },
    {
      when: 'a destruction says that it destroyed files after it was sealed',
      damage: destruction(() => ({ destroyedAt: '2027-04-01T00:00:00.001Z' })),
      codes: ['time-wrong'],
    },
    {
      when: 'a destruction is made twice',
      damage: (folder, intact) => append(folder, intact, 14, { fields: {} }),
      codes: ['destruction-wrong'],
    },
    {
      when: 'a destruction was forged by the old key',
      damage: async (folder, intact) => {
        remove(folder, join(intact.stream, 'runs/2026-03-04'));
        await append(folder, intact, 14, {
          signer: intact.signer,
          fields: { entries: [named(intact, 4)] },
        });
      },
      codes: ['key-unknown'],
    },
    {
      when: 'a definition change leaves days out',
      damage: change({
        kind: 'day',
        id: '2026-03-20',
        from: '2026-03-16',
        to: '2026-03-21',
        start: '2026-03-15T15:00:00.000Z',
        end: '2026-03-20T15:00:00.000Z',
      }),
      codes: ['definition-wrong'],
    },
    {
      when: 'a definition change begins in the middle of a sealed period',
      damage: change({
        kind: 'day',
        id: '2026-03-10',
        from: '2026-03-10',
        to: '2026-03-11',
        start: '2026-03-09T15:00:00.000Z',
        end: '2026-03-10T15:00:00.000Z',
      }),
      codes: ['definition-wrong'],
    },
    {
      when: 'a definition change covers again what is sealed',
      damage: change({
        kind: 'day',
        id: '2026-03-05',
        from: '2026-03-05',
        to: '2026-03-06',
        start: '2026-03-04T15:00:00.000Z',
        end: '2026-03-05T15:00:00.000Z',
      }),
      // The sealed week is then of the wrong kind.
      codes: ['period-wrong'],
    },
    {
      when: 'a run was made by a definition that the chain does not know',
      damage: (folder, intact) =>
        rewrite(
          folder,
          intact,
          13,
          ({ predicate }) => Object.assign(predicate, { definitionSha256: sha256('secret') }),
          intact.newSigner,
        ),
      codes: ['definition-unannounced', 'link-broken', 'file-missing'],
    },
    {
      when: 'the manifest of the newest definition was deleted',
      damage: (folder, intact) => {
        remove(folder, manifestOfEntry(intact, 12));
      },
      codes: ['manifest-missing', 'period-wrong', 'definition-unannounced'],
    },
  ] satisfies Case[]
).map((one): Case => ({ notes: KEPT, ...one }));
