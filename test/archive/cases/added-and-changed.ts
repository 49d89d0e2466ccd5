import { cpSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { keyPath } from '../../../src/archive/layout';
import { seededSigner } from '../../support/seeded-signer';
import { put } from '../forge';
import type { Case } from './case';
import { RUN, entryPath, manifestOfEntry } from './case';

export const ADDED: readonly Case[] = [
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
    when: 'a file was put where the run of a day would be that no calendar has',
    damage: (folder, { stream }) => {
      put(folder, `${stream}/runs/9999-99-99/report.html`, 'forged');
      put(folder, `${stream}/runs/2026-W54/report.html`, 'forged');
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

export const CHANGED: readonly Case[] = [
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
    when: 'an entry has another character for each line feed',
    damage: (folder, intact) => {
      const path = entryPath(intact, 4);
      const text = readFileSync(join(folder, path), 'utf8');
      put(folder, path, `${text.trimEnd().replaceAll('\n', '\u0001')}\n`);
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
      put(folder, keyPath(signer.fingerprint), seededSigner('another').publicKeyPem);
    },
    codes: ['key-altered', 'file-altered'],
  },
];
