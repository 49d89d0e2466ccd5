import { cpSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { createFolderStore } from '../../../src/archive/folder-store';
import { chainPath, keyPath, manifestPath } from '../../../src/archive/layout';
import { fillArchive, SOFTWARE } from '../../support/archives';
import { seededSigner } from '../../support/seeded-signer';
import { editableManifest, filesIn, forgeEntry, put } from '../forge';
import type { Case, Intact } from './case';
import { RUN, digestOf, manifestOfEntry, remove, rewrite, rewriteText } from './case';
import { SHORT } from './intact';

export const FORGED: readonly Case[] = [
  {
    when: 'an entry is signed by another key',
    damage: async (folder, intact) => {
      const other = seededSigner('another');
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
      const forger = { ...seededSigner('another'), fingerprint: intact.signer.fingerprint };
      const manifest = editableManifest(folder, intact.stream, digestOf(intact, 4));
      await forgeEntry(folder, forger, intact.stream, 4, manifest);
    },
    codes: ['signature-wrong'],
  },
  ...(
    [
      ['an outcome that there is none', { outcome: 'excellent' }],
      ['a time without its milliseconds', { sealedAt: '2026-03-31T00:00:00Z' }],
      ['a day that no calendar has', { startedAt: '2026-02-30T00:00:00.000Z' }],
      ['half a number', { sequence: 4.5 }],
      ['a year before the calendar', { startedAt: '0000-01-01T00:00:00.000Z' }],
      ['a digest and a line feed', { definitionSha256: `${'a'.repeat(64)}\n` }],
      ['a stream and a line feed', { stream: 'daily.all\n' }],
      ['what nobody asked for', { remark: 'All is well.' }],
      ['nothing of its software', { software: undefined }],
      ['a count that is none', { intake: 'much' }],
      ['an audit that is none', { audits: [{ id: 'sample' }] }],
      ['half a character', { software: { ...SOFTWARE, commit: '\ud800' } }],
    ] as const
  ).map(([what, fields]): Case => ({
    when: `the newest entry says ${what}`,
    damage: (folder, intact) =>
      rewrite(folder, intact, 4, ({ predicate }) => Object.assign(predicate as object, fields)),
    codes: ['manifest-malformed'],
    notes: ['unsealed-run'],
  })),
  ...(
    [
      ['says its outcome twice', (text) => text.replace(/( +"outcome": "pass",\n)/, '$1$1')],
      ['has the line ends of another system', (text) => text.replaceAll('\n', '\r\n')],
      ['begins with a byte order mark', (text) => `\ufeff${text}`],
      ['says a number that is written otherwise', (text) => text.replace(/: 1,/, ': 1e0,')],
      ['is not in UTF-8', (text) => Buffer.from(text.replace('Seoul', 'S\u00ebul'), 'latin1')],
    ] satisfies [string, (text: string) => string | Uint8Array][]
  ).map(([what, edit]): Case => ({
    when: `the newest entry’s manifest ${what}`,
    damage: (folder, intact) => rewriteText(folder, intact, 4, edit),
    codes: ['manifest-malformed'],
    notes: ['unsealed-run'],
  })),
  ...(
    [
      ['before it was begun', { startedAt: '2026-03-31T00:00:00.001Z' }],
      [
        'before its period ended',
        { startedAt: '2026-03-04T14:59:59.998Z', sealedAt: '2026-03-04T14:59:59.999Z' },
      ],
    ] as const
  ).map(([when, fields]): Case => ({
    when: `the newest entry was sealed ${when}`,
    damage: (folder, intact) =>
      rewrite(folder, intact, 4, ({ predicate }) => Object.assign(predicate as object, fields)),
    codes: ['time-wrong'],
  })),
  {
    when: 'the whole archive was made again with another key, and the head is known',
    damage: async (folder) => {
      for (const path of filesIn(folder)) remove(folder, path);
      await fillArchive(createFolderStore(folder), seededSigner('another'), SHORT);
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
      const other = await fillArchive(archive, intact.signer, { ...SHORT, reportId: 'other' });
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
    when: 'a run lists its report by a detour',
    damage: (folder, intact) =>
      rewrite(folder, intact, 4, ({ subject }) => {
        const report = subject.find(({ name }) => name.endsWith('/report.html'))!;
        report.name = `../${intact.stream}/${report.name}`;
      }),
    codes: ['subject-misplaced'],
    notes: ['unsealed-run'],
  },
  ...['definition.json', 'run.json'].map((unlisted): Case => ({
    when: `a run does not list its ${unlisted}`,
    damage: (folder, intact) =>
      rewrite(folder, intact, 4, ({ subject }) => {
        const file = subject.find(({ name }) => name.endsWith(`/${unlisted}`))!;
        const path = join(folder, intact.stream, file.name);
        renameSync(path, `${path}.json`);
        file.name += '.json';
      }),
    codes: ['subject-incomplete'],
  })),
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

function gapFields(folder: string, intact: Intact): Record<string, unknown> {
  return editableManifest(folder, intact.stream, digestOf(intact, 3)).predicate as Record<
    string,
    unknown
  >;
}
