import { createFolderStore } from '../../../src/archive/folder-store';
import { chainPath, keyPath } from '../../../src/archive/layout';
import { fillArchive } from '../../support/archives';
import { TestStream } from '../../support/every-kind';
import { seededSigner } from '../../support/seeded-signer';
import { filesIn, put } from '../forge';
import type { Case } from './case';
import { RUN, digestOf, entryPath, manifestOfEntry, remove } from './case';
import { SHORT } from './intact';

/** Of the short archive: entry 1 is the genesis, 2 and 4 are runs of 2 and 4 March, 3 is the gap of 3 March. */
export const GOOD: readonly Case[] = [
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
    when: 'a change was changed again before anything was made by it',
    damage: async (folder, { stream, signer }) => {
      const chain = new TestStream(createFolderStore(folder), stream, signer);
      const timeZone = 'Pacific/Chatham';
      await chain.redefine('definition 2', { kind: 'quarter', timeZone });
      await chain.redefine('definition 3', { kind: 'day', timeZone });
      await chain.run();
    },
    codes: [],
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
      const { fingerprint, publicKeyPem } = seededSigner('another');
      put(folder, keyPath(fingerprint), publicKeyPem);
    },
    codes: [],
    notes: ['unused-key'],
  },
  {
    when: 'only one of two streams is asked for and the other is damaged',
    damage: async (folder) => {
      const archive = createFolderStore(folder);
      await fillArchive(archive, seededSigner('another'), { ...SHORT, reportId: 'other' });
      remove(folder, chainPath('other.all', 2));
    },
    asked: () => ({ stream: 'daily.all' }),
    codes: [],
  },
];

export const DELETED: readonly Case[] = [
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
