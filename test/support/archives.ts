import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateKeyPairSync } from 'node:crypto';

import type { AuditorFiles } from '../../src/archive/auditor-files';
import { loadAuditorFiles } from '../../src/archive/auditor-files';
import type { ChainEntry } from '../../src/archive/chain';
import {
  appendEntry,
  coveredPeriods,
  chainSubject,
  linkAfter,
  promisesOf,
  startStream,
} from '../../src/archive/chain';
import { createFolderStore } from '../../src/archive/folder-store';
import { runFolder, streamName } from '../../src/archive/layout';
import type { RunPredicate, SealedPeriod, Subject } from '../../src/archive/manifest';
import { manifestOf, sealedPeriod } from '../../src/archive/manifest';
import { signerFromPem } from '../../src/archive/signing-key';
import type { Archive, Signer } from '../../src/core/archive';
import { sha256 } from '../../src/core/digest';
import type { Period } from '../../src/core/period';
import { nextPeriod, periodContaining } from '../../src/core/period';

/** A finished archive in a temporary folder. */
export interface TestArchive {
  readonly folder: string;
  readonly archive: Archive;
  readonly signer: Signer;
  readonly stream: string;
  /** Oldest first: the genesis, then one entry per period. */
  readonly entries: readonly ChainEntry[];
  remove(): Promise<void>;
}

export interface TestArchiveOptions {
  /** How many periods, 5 by default. */
  readonly periods?: number;
  /** The 0-based periods that have a gap instead of a run; the third by default. */
  readonly gaps?: readonly number[];
  readonly reportId?: string;
  readonly scopeId?: string;
  readonly firstPeriod?: Period;
  /** Those that ship by default. */
  readonly auditorFiles?: AuditorFiles;
}

export const SOFTWARE = { name: 'tallyman', version: '0.0.0', commit: 'test' };
export const FIRST_PERIOD = periodContaining('day', 'Asia/Seoul', '2026-03-02T00:00:00.000Z');

export const TIME = '2026-03-31T00:00:00.000Z';

/** What a small report says in figures. */
export const FIGURES = {
  outcome: 'pass',
  audits: [
    {
      id: 'sample',
      outcome: 'pass',
      querySha256: sha256('T | take 1'),
      rows: 1,
      answer: 'complete',
      executedAt: TIME,
    },
  ],
  counts: {
    audits: { error: 0, fail: 0, info: 0, pass: 1 },
    findings: { critical: 0, high: 0, medium: 0, low: 0, info: 0 },
    waived: 0,
  },
  intake: { blobs: 1, bytes: 100, records: 1, duplicates: 0, unreadable: 0 },
} as const;

/** A signer with a new key. */
export function newSigner(): Signer {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return signerFromPem(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
}

/** An archive in a temporary folder that nothing has been written to. */
export async function emptyArchive(): Promise<Omit<TestArchive, 'entries'>> {
  const parent = await mkdtemp(join(tmpdir(), 'tallyman-archive-'));
  const folder = join(parent, 'archive');
  return {
    folder,
    archive: createFolderStore(folder),
    signer: newSigner(),
    stream: streamName('daily', 'all'),
    remove: () => rm(parent, { recursive: true, force: true }),
  };
}

/** An archive with one stream: a genesis, runs of six small files each, and a gap. */
export async function buildArchive(options: TestArchiveOptions = {}): Promise<TestArchive> {
  const parent = await mkdtemp(join(tmpdir(), 'tallyman-archive-'));
  const folder = join(parent, 'archive');
  const archive = createFolderStore(folder);
  const signer = newSigner();
  const { stream, entries } = await fillArchive(archive, signer, options);
  return {
    folder,
    archive,
    signer,
    stream,
    entries,
    remove: () => rm(parent, { recursive: true, force: true }),
  };
}

/** Adds a stream to any archive. */
export async function fillArchive(
  archive: Archive,
  signer: Signer,
  options: TestArchiveOptions = {},
): Promise<{ stream: string; entries: ChainEntry[] }> {
  const { periods = 5, gaps = [2], firstPeriod = FIRST_PERIOD } = options;
  const stream = await beginStream(archive, signer, options);
  let period = firstPeriod;
  for (let i = 0; i < periods; i += 1, period = nextPeriod(period)) {
    if (gaps.includes(i)) await appendGap(archive, signer, stream, period);
    else await appendRun(archive, signer, stream, period);
  }
  const entries = await beginAgain(archive, signer, options);
  return { stream, entries };
}

/** Begins a stream; harmless when it has begun. */
export async function beginStream(
  archive: Archive,
  signer: Signer,
  options: TestArchiveOptions = {},
): Promise<string> {
  await beginAgain(archive, signer, options);
  return streamName(options.reportId ?? 'daily', options.scopeId ?? 'all');
}

async function beginAgain(
  archive: Archive,
  signer: Signer,
  {
    reportId = 'daily',
    scopeId = 'all',
    firstPeriod = FIRST_PERIOD,
    auditorFiles,
  }: TestArchiveOptions,
): Promise<ChainEntry[]> {
  return startStream(
    archive,
    signer,
    {
      stream: streamName(reportId, scopeId),
      reportId,
      scopeId,
      definitionSha256: sha256('definition'),
      schedule: { firstPeriod: sealedPeriod(firstPeriod), deliverAt: '07:00', settleHours: 6 },
      software: SOFTWARE,
      startedAt: TIME,
      sealedAt: TIME,
    },
    auditorFiles ?? (await loadAuditorFiles()),
  );
}

/** Writes a run’s files and seals it, unless its period is covered. */
export async function appendRun(
  archive: Archive,
  signer: Signer,
  stream: string,
  period: Period,
): Promise<ChainEntry | undefined> {
  const subject = await writeRunFiles(archive, stream, period);
  return appendEntry(archive, signer, stream, (previous, entries) => {
    if (coveredPeriods(entries).has(period.id)) return undefined;
    const predicate: RunPredicate = {
      kind: 'run',
      stream,
      ...linkAfter(previous, signer),
      software: SOFTWARE,
      startedAt: TIME,
      sealedAt: sealedAfter(period),
      period: 'from' in period ? (period as SealedPeriod) : sealedPeriod(period),
      ...FIGURES,
      definitionSha256: definitionFor(entries, period),
      trigger: 'manual',
    };
    return manifestOf(subject, predicate);
  });
}

/** Writes the files of a run without sealing it. */
async function writeRunFiles(archive: Archive, stream: string, period: Period): Promise<Subject[]> {
  const contents = {
    'definition.json': JSON.stringify({ definition: 'of a test' }),
    'run.json': JSON.stringify({ period: period.id }),
    'report.html': `<!doctype html><title>${period.id}</title>`,
    'summary.json': JSON.stringify({ period: period.id, outcome: 'pass' }),
    'evidence/sample.kql': queryOf(period),
    'evidence/sample.json': JSON.stringify({ tables: [{ rows: [[period.id]] }] }),
  };
  const folder = runFolder(stream, period.id);
  const subject: Subject[] = [];
  for (const [name, text] of Object.entries(contents)) {
    await archive.create(`${folder}${name}`, Buffer.from(text));
    subject.push({ name: `runs/${period.id}/${name}`, digest: { sha256: sha256(text) } });
  }
  return subject;
}

/** Seals a gap, unless its period is covered. */
export async function appendGap(
  archive: Archive,
  signer: Signer,
  stream: string,
  period: Period,
): Promise<ChainEntry | undefined> {
  return appendEntry(archive, signer, stream, (previous, entries) => {
    if (previous === undefined || coveredPeriods(entries).has(period.id)) return undefined;
    return manifestOf([chainSubject(previous)], {
      kind: 'gap',
      stream,
      ...linkAfter(previous, signer),
      software: SOFTWARE,
      startedAt: TIME,
      sealedAt: sealedAfter(period),
      period: 'from' in period ? (period as SealedPeriod) : sealedPeriod(period),
      reason: 'The log source could not be reached.',
      attempts: 5,
      since: TIME,
    });
  });
}

function definitionFor(entries: readonly ChainEntry[], period: Period): string {
  const segment = promisesOf(entries).findLast(
    ({ firstPeriod }) => firstPeriod.start <= period.start,
  );
  return segment?.definitionSha256 ?? sha256('definition');
}

/** Not before the period has ended. */
function sealedAfter({ end }: Period): string {
  return end > TIME ? end : TIME;
}

function queryOf(period: Period): string {
  return `let PeriodStart = datetime(${period.start});\nT | take 1\n`;
}
