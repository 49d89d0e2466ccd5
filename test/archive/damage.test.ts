import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createFolderStore } from '../../src/archive/folder-store';
import { chainPath, keyPath, manifestPath } from '../../src/archive/layout';
import type { VerifyOptions, VerifyResult } from '../../src/archive/verify';
import { verifyArchive } from '../../src/archive/verify';
import type { TestArchive } from '../support/archives';
import { buildArchive, fillArchive, newSigner } from '../support/archives';
import { editableManifest, filesIn, forgeEntry, put } from './forge';

/** Entry 1 is the genesis, 2 and 4 are runs of 2 and 4 March, 3 is the gap of 3 March. */
const OPTIONS = { periods: 3, gaps: [1] };

interface Case {
  /** Completes "verification fails when …" or "verification passes when …". */
  readonly when: string;
  readonly damage: (folder: string, intact: TestArchive) => unknown;
  readonly asked?: (intact: TestArchive) => VerifyOptions;
  /** All codes of discrepancies that both verifiers must find; none when the archive is good. */
  readonly codes: readonly string[];
  readonly notes?: readonly string[];
}

const RUN = 'runs/2026-03-02/';
const remove = (folder: string, path: string): void => {
  rmSync(join(folder, path), { recursive: true });
};
const digestOf = (intact: TestArchive, sequence: number): string =>
  intact.entries[sequence - 1]!.manifestSha256;
const entryPath = (intact: TestArchive, sequence: number): string =>
  chainPath(intact.stream, sequence);
const manifestOfEntry = (intact: TestArchive, sequence: number): string =>
  manifestPath(intact.stream, digestOf(intact, sequence));

/** Replaces an entry by one that the true key signs, as somebody who holds the key can. */
async function rewrite(
  folder: string,
  intact: TestArchive,
  sequence: number,
  edit: (manifest: ReturnType<typeof editableManifest>) => unknown,
): Promise<void> {
  const manifest = editableManifest(folder, intact.stream, digestOf(intact, sequence));
  edit(manifest);
  remove(folder, manifestOfEntry(intact, sequence));
  await forgeEntry(folder, intact.signer, intact.stream, sequence, manifest);
}

const GOOD: Case[] = [
  { when: 'nothing was changed', damage: () => undefined, codes: [] },
  {
    when: 'the range and the head that were asked for are there',
    damage: () => undefined,
    asked: (intact) => ({ from: '2026-03-02', to: '2026-03-05', head: digestOf(intact, 4) }),
    codes: [],
  },
  {
    when: 'entries came after the head that was given',
    damage: () => undefined,
    asked: (intact) => ({ head: digestOf(intact, 3) }),
    codes: [],
    notes: ['entries-after-head'],
  },
  {
    when: 'a manifest was written and its entry was not',
    damage: (folder, intact) => {
      remove(folder, entryPath(intact, 4));
    },
    codes: [],
    notes: ['uncommitted-manifest', 'unsealed-run'],
  },
  {
    when: 'a run of a later period has begun',
    damage: (folder, { stream }) => {
      put(folder, `${stream}/runs/2026-03-05/report.html`, 'half');
    },
    codes: [],
    notes: ['unsealed-run'],
  },
  {
    when: 'a run left files and a gap record speaks for its period',
    damage: (folder, { stream }) => {
      put(folder, `${stream}/runs/2026-03-03/report.html`, 'half');
    },
    codes: [],
    notes: ['unsealed-run'],
  },
  {
    when: 'a public key is there with which no stream began',
    damage: (folder) => {
      const { fingerprint, publicKeyPem } = newSigner();
      put(folder, keyPath(fingerprint), publicKeyPem);
    },
    codes: [],
    notes: ['unused-key'],
  },
  {
    when: 'only one of two streams is asked for and the other is damaged',
    damage: async (folder) => {
      const archive = createFolderStore(folder);
      await fillArchive(archive, newSigner(), { ...OPTIONS, reportId: 'other' });
      remove(folder, chainPath('other.all', 2));
    },
    asked: () => ({ stream: 'daily.all' }),
    codes: [],
  },
];

const DELETED: Case[] = [
  {
    when: 'everything was deleted',
    damage: (folder) => {
      for (const path of filesIn(folder)) if (path !== 'verify.sh') remove(folder, path);
    },
    codes: ['archive-empty', 'file-unlisted'],
  },
  {
    when: 'the whole chain was deleted',
    damage: (folder, { stream }) => {
      remove(folder, `${stream}/chain`);
    },
    codes: ['chain-missing', 'file-unlisted'],
    notes: ['uncommitted-manifest', 'unsealed-run', 'unused-key'],
  },
  {
    when: 'the stream that is asked for is not there',
    damage: () => undefined,
    asked: () => ({ stream: 'weekly.all' }),
    codes: ['stream-missing'],
  },
  {
    when: 'the genesis was deleted',
    damage: (folder, intact) => {
      remove(folder, entryPath(intact, 1));
    },
    codes: ['sequence-gap', 'file-unlisted'],
    notes: ['uncommitted-manifest', 'unused-key'],
  },
  {
    when: 'an entry in the middle was deleted',
    damage: (folder, intact) => {
      remove(folder, entryPath(intact, 2));
    },
    codes: ['sequence-gap', 'period-missing'],
    // Its manifest is what the gap record after it is about.
    notes: ['unsealed-run'],
  },
  {
    when: 'the newest entry was deleted with everything it speaks for, and the head is known',
    damage: (folder, intact) => {
      remove(folder, entryPath(intact, 4));
      remove(folder, manifestOfEntry(intact, 4));
      remove(folder, `${intact.stream}/runs/2026-03-04`);
    },
    asked: (intact) => ({ head: digestOf(intact, 4) }),
    codes: ['head-unknown'],
  },
  {
    when: 'the newest entry was deleted with everything it speaks for, and the range reaches to it',
    damage: (folder, intact) => {
      remove(folder, entryPath(intact, 4));
      remove(folder, manifestOfEntry(intact, 4));
      remove(folder, `${intact.stream}/runs/2026-03-04`);
    },
    asked: () => ({ from: '2026-03-02', to: '2026-03-05' }),
    codes: ['range-uncovered'],
  },
  {
    when: 'the range begins before the first period',
    damage: () => undefined,
    asked: () => ({ from: '2026-03-01' }),
    codes: ['range-uncovered'],
  },
  {
    when: 'a manifest was deleted',
    damage: (folder, intact) => {
      remove(folder, manifestOfEntry(intact, 4));
    },
    codes: ['manifest-missing'],
    notes: ['unsealed-run'],
  },
  {
    when: 'a sealed file was deleted',
    damage: (folder, { stream }) => {
      remove(folder, `${stream}/${RUN}report.html`);
    },
    codes: ['file-missing'],
  },
  {
    when: 'the public key was deleted',
    damage: (folder, { signer }) => {
      remove(folder, keyPath(signer.fingerprint));
    },
    codes: ['key-missing', 'file-missing'],
  },
];

const ADDED: Case[] = [
  {
    when: 'a file was added to a sealed run',
    damage: (folder, { stream }) => {
      put(folder, `${stream}/${RUN}evidence/extra.json`, '{}');
    },
    codes: ['file-unlisted'],
  },
  {
    when: 'a sealed file was copied to another name',
    damage: (folder, { stream }) => {
      cpSync(join(folder, stream, RUN, 'report.html'), join(folder, stream, RUN, 'Report.html'));
    },
    codes: ['file-unlisted'],
  },
  {
    when: 'a file was added to the chain, the manifests, the keys and the root',
    damage: (folder, { stream }) => {
      put(folder, `${stream}/chain/5.sigstore.json`, '{}');
      put(folder, `${stream}/manifests/${'0'.repeat(64)}.json`, '{}');
      put(folder, 'keys/note.txt', 'x');
      put(folder, 'note.txt', 'x');
    },
    codes: ['file-unlisted'],
  },
  {
    when: 'a file’s name holds a line feed and the name of a sealed file',
    damage: (folder, { stream }) => {
      put(folder, `${stream}/${RUN}report.html\n./${stream}/${RUN}report.html`, 'x');
    },
    codes: ['file-unlisted'],
  },
  {
    when: 'there is a symbolic link',
    damage: (folder) => {
      symlinkSync('/etc/passwd', join(folder, 'passwd'));
    },
    codes: ['file-unlisted'],
  },
  {
    when: 'a whole run was renamed',
    damage: (folder, { stream }) => {
      renameSync(join(folder, stream, RUN), join(folder, stream, 'runs/2026-03-09'));
    },
    codes: ['file-missing'],
    notes: ['unsealed-run'],
  },
];

const CHANGED: Case[] = [
  {
    when: 'a sealed file was changed',
    damage: (folder, { stream }) => {
      put(folder, `${stream}/${RUN}report.html`, 'forged');
    },
    codes: ['file-altered'],
  },
  {
    when: 'two runs were swapped',
    damage: (folder, { stream }) => {
      const at = (id: string): string => join(folder, stream, 'runs', id);
      renameSync(at('2026-03-02'), at('x'));
      renameSync(at('2026-03-04'), at('2026-03-02'));
      renameSync(at('x'), at('2026-03-04'));
    },
    codes: ['file-altered'],
  },
  {
    when: 'a manifest was changed',
    damage: (folder, intact) => {
      const path = manifestOfEntry(intact, 4);
      put(folder, path, readFileSync(join(folder, path), 'utf8').replace('"pass"', '"fail"'));
    },
    codes: ['manifest-altered'],
    notes: ['unsealed-run'],
  },
  {
    when: 'two entries were swapped',
    damage: (folder, intact) => {
      const [a, b] = [2, 4].map((sequence) => join(folder, entryPath(intact, sequence)));
      renameSync(a!, `${a!}.x`);
      renameSync(b!, a!);
      renameSync(`${a!}.x`, b!);
    },
    codes: ['sequence-wrong', 'link-broken'],
  },
  {
    when: 'an entry was replayed at the chain’s end',
    damage: (folder, intact) => {
      cpSync(join(folder, entryPath(intact, 4)), join(folder, entryPath(intact, 5)));
    },
    codes: ['sequence-wrong', 'link-broken', 'period-repeated'],
  },
  {
    when: 'an entry was replaced by bytes that are none',
    damage: (folder, intact) => {
      put(folder, entryPath(intact, 4), Buffer.from([0xff, 0, 0x7b]));
    },
    codes: ['entry-malformed'],
    notes: ['uncommitted-manifest', 'unsealed-run'],
  },
  {
    when: 'an entry was written again with other spaces',
    damage: (folder, intact) => {
      const path = entryPath(intact, 4);
      put(folder, path, JSON.stringify(JSON.parse(readFileSync(join(folder, path), 'utf8'))));
    },
    codes: ['entry-malformed'],
    notes: ['uncommitted-manifest', 'unsealed-run'],
  },
  {
    when: 'the public key’s file has one more line feed',
    damage: (folder, { signer }) => {
      put(folder, keyPath(signer.fingerprint), `${signer.publicKeyPem}\n`);
    },
    codes: ['key-altered', 'file-altered'],
  },
  {
    when: 'another key took the place of the public key',
    damage: (folder, { signer }) => {
      put(folder, keyPath(signer.fingerprint), newSigner().publicKeyPem);
    },
    codes: ['key-altered', 'file-altered'],
  },
];

const FORGED: Case[] = [
  {
    when: 'an entry is signed by another key',
    damage: async (folder, intact) => {
      const other = newSigner();
      put(folder, keyPath(other.fingerprint), other.publicKeyPem);
      const manifest = editableManifest(folder, intact.stream, digestOf(intact, 4));
      await forgeEntry(folder, other, intact.stream, 4, manifest);
    },
    codes: ['key-unknown'],
    notes: ['unused-key'],
  },
  {
    when: 'an entry names the right key and is signed by another',
    damage: async (folder, intact) => {
      const forger = { ...newSigner(), fingerprint: intact.signer.fingerprint };
      const manifest = editableManifest(folder, intact.stream, digestOf(intact, 4));
      await forgeEntry(folder, forger, intact.stream, 4, manifest);
    },
    codes: ['signature-wrong'],
  },
  {
    when: 'the whole archive was made again with another key, and the head is known',
    damage: async (folder) => {
      for (const path of filesIn(folder)) remove(folder, path);
      await fillArchive(createFolderStore(folder), newSigner(), OPTIONS);
    },
    asked: (intact) => ({ head: digestOf(intact, 4) }),
    codes: ['head-unknown'],
  },
  {
    when: 'the key’s holder rewrote the newest entry, and the head is known',
    damage: (folder, intact) =>
      rewrite(folder, intact, 4, ({ predicate }) => (predicate.outcome = 'fail')),
    asked: (intact) => ({ head: digestOf(intact, 4) }),
    codes: ['head-unknown'],
  },
  {
    when: 'the key’s holder rewrote an entry in the middle',
    damage: (folder, intact) =>
      rewrite(folder, intact, 2, ({ predicate }) => (predicate.outcome = 'fail')),
    codes: ['link-broken', 'file-missing'],
  },
  {
    when: 'an entry of another stream of the same key was copied here',
    damage: async (folder, intact) => {
      const archive = createFolderStore(folder);
      const other = await fillArchive(archive, intact.signer, { ...OPTIONS, reportId: 'other' });
      const sha = other.entries[3]!.manifestSha256;
      for (const path of [chainPath('other.all', 4), manifestPath('other.all', sha)]) {
        remove(folder, path.replace('other.all', intact.stream).replace(sha, digestOf(intact, 4)));
        cpSync(join(folder, path), join(folder, path.replace('other.all', intact.stream)));
      }
    },
    codes: ['stream-wrong', 'link-broken'],
    notes: ['unsealed-run'],
  },
  {
    when: 'a period is left out',
    damage: (folder, intact) =>
      rewrite(folder, intact, 4, (manifest) => {
        const { period } = manifest.predicate;
        Object.assign(period, { id: '2026-03-05', from: '2026-03-05', to: '2026-03-06' });
        Object.assign(period, { start: period.end, end: '2026-03-05T15:00:00.000Z' });
        for (const file of manifest.subject) file.name = `manifests/${digestOf(intact, 3)}.json`;
        manifest.subject.length = 1;
        manifest.subject[0]!.digest.sha256 = digestOf(intact, 3);
        const { reason, attempts, since } = gapFields(folder, intact);
        const { stream, sequence, previous, keyFingerprint, software, startedAt, sealedAt } =
          manifest.predicate;
        manifest.predicate = {
          ...{ kind: 'gap', stream, sequence, previous, keyFingerprint, software },
          ...{ startedAt, sealedAt, period, reason, attempts, since },
        };
      }),
    codes: ['period-missing'],
    notes: ['unsealed-run'],
  },
  {
    when: 'two periods overlap',
    damage: (folder, intact) =>
      rewrite(folder, intact, 4, ({ predicate }) => {
        predicate.period.start = '2026-03-03T14:00:00.000Z';
      }),
    codes: ['period-wrong'],
  },
  {
    when: 'a period is of another kind than the stream’s',
    damage: (folder, intact) =>
      rewrite(folder, intact, 4, ({ predicate }) => (predicate.period.kind = 'week')),
    codes: ['period-wrong'],
  },
  {
    when: 'a run lists a file outside its folder',
    damage: (folder, intact) =>
      rewrite(folder, intact, 4, ({ subject }) => {
        subject[0]!.name = 'runs/2026-03-04/../../../../etc/passwd';
      }),
    codes: ['subject-misplaced'],
    notes: ['unsealed-run'],
  },
  {
    when: 'an entry signs something that is no manifest',
    damage: async (folder, intact) => {
      remove(folder, manifestOfEntry(intact, 4));
      await forgeEntry(folder, intact.signer, intact.stream, 4, { predicate: {}, subject: [] });
    },
    codes: ['manifest-malformed'],
    notes: ['unsealed-run'],
  },
  {
    when: 'the first entry is not a genesis',
    damage: async (folder, intact) => {
      const manifest = editableManifest(folder, intact.stream, digestOf(intact, 2));
      Object.assign(manifest.predicate, { sequence: 1, previous: null });
      for (const path of filesIn(join(folder, intact.stream))) {
        if (!path.startsWith(RUN)) remove(join(folder, intact.stream), path);
      }
      await forgeEntry(folder, intact.signer, intact.stream, 1, manifest);
    },
    codes: ['genesis-misplaced', 'file-unlisted'],
    notes: ['unused-key'],
  },
];

function gapFields(folder: string, intact: TestArchive): Record<string, unknown> {
  return editableManifest(folder, intact.stream, digestOf(intact, 3)).predicate as Record<
    string,
    unknown
  >;
}

let intact: TestArchive;
let copies: string;

beforeAll(async () => {
  intact = await buildArchive(OPTIONS);
  copies = mkdtempSync(join(tmpdir(), 'tallyman-damage-'));
});

afterAll(async () => {
  rmSync(copies, { recursive: true, force: true });
  await intact.remove();
});

async function damaged({ when, damage }: Case): Promise<string> {
  const folder = join(copies, when.replace(/[^a-z0-9]+/gi, '-'));
  cpSync(intact.folder, folder, { recursive: true });
  await damage(folder, intact);
  return folder;
}

function verifyWithScript(
  folder: string,
  asked: VerifyOptions,
): Promise<{ code: number; codes: string[]; output: string }> {
  const script = join(__dirname, '../../templates/archive/verify.sh');
  const options = Object.entries(asked).flatMap(([name, value]) => [`--${name}`, String(value)]);
  return new Promise((resolve) => {
    execFile('sh', [script, '--archive', folder, ...options], (error, stdout, stderr) => {
      const found = [...stdout.matchAll(/^([a-z]+-[a-z]+(?:-[a-z]+)?) /gm)].map(
        ([, code]) => code!,
      );
      resolve({
        code: error === null ? 0 : Number(error.code),
        codes: [...new Set(found)].sort(),
        output: stdout + stderr,
      });
    });
  });
}

const codesOf = (all: readonly { code: string }[]): string[] =>
  [...new Set(all.map(({ code }) => code))].sort();

async function expectBothToFind(example: Case): Promise<VerifyResult> {
  const folder = await damaged(example);
  const asked = example.asked?.(intact) ?? {};
  const [ours, script] = await Promise.all([
    verifyArchive(createFolderStore(folder), asked),
    verifyWithScript(folder, asked),
  ]);
  const expected = [...example.codes].sort();
  expect(codesOf(ours.discrepancies)).toEqual(expected);
  expect(codesOf(ours.notes)).toEqual([...(example.notes ?? [])].sort());
  expect({ codes: script.codes, output: script.output }).toEqual({
    codes: expected,
    output: script.output,
  });
  expect(script.code).toBe(expected.length === 0 ? 0 : 1);
  return ours;
}

describe('verification, ours and the script’s, passes when', () => {
  test.concurrent.each(GOOD)('$when', async (example) => {
    const { good, verdict } = await expectBothToFind(example);
    expect(good).toBe(true);
    expect(verdict).toMatch(/^Good: /);
  });
});

describe('verification, ours and the script’s, fails when', () => {
  test.concurrent.each([...DELETED, ...ADDED, ...CHANGED, ...FORGED])('$when', async (example) => {
    const { good, verdict } = await expectBothToFind(example);
    expect(good).toBe(false);
    expect(verdict).toMatch(/^Not good: /);
  });
});
