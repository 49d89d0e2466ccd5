import type { Archive, ArchiveFile } from '../core/archive';
import type { Retention } from '../core/custody';
import type { Discrepancy, Note, ReportDiscrepancy } from './discrepancies';
import { distinctByPath } from './discrepancies';
import { chainPath, isStreamName, keyPath, sequenceOf } from './layout';
import { parsePublicKey } from './public-key';
import { checkReferences } from './references';
import type { VerifiedChain } from './verify-chain';
import { verifyChain } from './verify-chain';
import { checkDefinitions } from './verify-definitions';
import { checkFiles } from './verify-files';
import type { Asked, VerifyOptions } from './verify-options';
import { parseOptions } from './verify-options';
import { checkPeriods, coveredBy } from './verify-periods';
import type { StreamSummary } from './verify-summary';
import { NEVER_CHECKED, uncheckedOf, verdictOf } from './verify-verdict';
import { WitnessCheck } from './verify-witnesses';

export type { VerifyOptions } from './verify-options';

export interface VerifyResult {
  readonly streams: readonly StreamSummary[];
  readonly discrepancies: readonly Discrepancy[];
  readonly notes: readonly Note[];
  /** Sentences: what this verification can’t tell. */
  readonly notChecked: readonly string[];
  /** How the storage keeps the files; absent when it was not asked. No discrepancy, whatever it is. */
  readonly retention?: Retention;
  /** Whether there is no discrepancy. */
  readonly good: boolean;
  /** The result in a sentence. */
  readonly verdict: string;
}

/**
 * Checks everything in an archive, never stopping at the first defect: chains, signatures, files, what
 * nothing speaks for, and that the periods are whole. Nothing in the archive is trusted.
 * Throws ARGUMENT_INVALID for a range or head that is none, and ARCHIVE_UNREACHABLE.
 */
export async function verifyArchive(
  archive: Archive,
  options: VerifyOptions = {},
): Promise<VerifyResult> {
  const asked = parseOptions(options);
  const found: Discrepancy[] = [];
  const report: ReportDiscrepancy = (code, path, message) => {
    found.push({ code, path, message });
  };
  const notes: Note[] = [];
  const { streams: names, rest, files } = await surveyArchive(archive, asked.stream, report);
  if (asked.stream !== undefined && names.size === 0) {
    report('stream-missing', asked.stream, 'The archive has no folder of this name.');
  } else if (names.size === 0) {
    report('archive-empty', '', `No stream was found among ${String(files)} files.`);
  }
  const known = new Set<string>();
  const streams: VerifiedStream[] = [];
  let unsealed = 0;
  for (const [stream, sequences] of names) {
    const verified = await verifyStream(archive, stream, sequences, asked, report);
    streams.push(verified);
    notes.push(...verified.notes);
    unsealed += verified.unsealed;
    for (const path of verified.chain.others.keys()) known.add(path);
  }
  if (asked.stream === undefined) {
    const unknown = rest.filter(({ path }) => !known.has(path));
    const unused = await checkRootFiles(archive, unknown, report);
    notes.push(...unused);
    unsealed += unused.length;
  }
  for (const head of asked.heads) notes.push(...checkHead(head, streams, report));
  const summaries = streams.map(({ summary }) => summary);
  const discrepancies = distinctByPath(found);
  const unchecked = uncheckedOf(asked, summaries);
  return {
    streams: summaries,
    discrepancies,
    notes,
    notChecked: [...unchecked.map(({ sentence }) => sentence), NEVER_CHECKED],
    ...(asked.retention === undefined ? {} : { retention: asked.retention }),
    good: discrepancies.length === 0,
    verdict: verdictOf(summaries, discrepancies.length, unsealed, unchecked, asked.retention),
  };
}

interface VerifiedStream {
  readonly summary: StreamSummary;
  readonly chain: VerifiedChain;
  readonly notes: readonly Note[];
  /** How many files the notes are about that nothing seals. */
  readonly unsealed: number;
}

async function verifyStream(
  archive: Archive,
  stream: string,
  sequences: readonly number[],
  { range, heads, authorities }: Asked,
  report: ReportDiscrepancy,
): Promise<VerifiedStream> {
  if (sequences.length === 0) report('chain-missing', stream, 'It has files and no chain entry.');
  const chain = await verifyChain(archive, stream, sequences, report);
  const { speaking } = chain;
  const references = checkReferences(speaking);
  for (const { code, sequence, message } of references.wrong) {
    report(code, chainPath(stream, sequence), message);
  }
  checkDefinitions(stream, speaking, report);
  checkPeriods(stream, speaking, range, report);
  const witnesses = new WitnessCheck(archive, chain, authorities, report);
  const files = await checkFiles(archive, chain, references, witnesses, report);
  const summary: StreamSummary = {
    ...summaryOf(chain),
    destroyed: references.destroyed.size,
    witnesses: witnesses.summary,
    headSeen: heads.some((head) => chain.digests.includes(head)),
  };
  return { summary, chain, ...files };
}

function summaryOf({
  stream,
  sequences,
  speaking,
  digests,
}: VerifiedChain): Omit<StreamSummary, 'destroyed' | 'witnesses' | 'headSeen'> {
  const count = (kind: string): number =>
    speaking.filter(({ outline }) => outline.kind === kind).length;
  const head = digests.at(-1);
  const covered = coveredBy(speaking).map(({ period }) => period);
  const from = covered.map((period) => period.from).sort()[0];
  const to = covered
    .map((period) => period.to)
    .sort()
    .at(-1);
  return {
    stream,
    entries: sequences.length,
    runs: count('run'),
    gaps: count('gap'),
    amendments: count('amendment'),
    reviews: count('review'),
    ...(head !== undefined && { head }),
    ...(from !== undefined && to !== undefined && { from, to }),
  };
}

/** A public key’s file is much smaller, in bytes; what is larger is not read. */
const LARGEST_KEY = 1000;

/** Files outside the streams that no genesis speaks for. */
async function checkRootFiles(
  archive: Archive,
  files: readonly ArchiveFile[],
  report: ReportDiscrepancy,
): Promise<Note[]> {
  const notes: Note[] = [];
  for (const { path, size } of files) {
    const mayBeKey = /^keys\/[0-9a-f]{64}\.pem$/.test(path) && size < LARGEST_KEY;
    const content = mayBeKey ? await archive.read(path) : undefined;
    const key = content === undefined ? undefined : parsePublicKey(content);
    if (key !== undefined && keyPath(key.fingerprint) === path) {
      notes.push({ code: 'unused-key', path, message: 'No stream is signed with this key.' });
    } else {
      report('file-unlisted', path, 'Nothing in the archive speaks for it.');
    }
  }
  return notes;
}

function checkHead(
  head: string,
  streams: readonly VerifiedStream[],
  report: ReportDiscrepancy,
): Note[] {
  const found = streams.find(({ chain }) => chain.digests.includes(head));
  if (found === undefined) {
    report('head-unknown', '', `No entry has the digest ${head}.`);
    return [];
  }
  const { stream, digests } = found.chain;
  const after = digests.length - 1 - digests.lastIndexOf(head);
  if (after === 0) return [];
  const message = `${after === 1 ? 'One entry' : `${after} entries`} came after the head that was given.`;
  return [{ code: 'entries-after-head', path: stream, message }];
}

interface Survey {
  /** The sequences of each stream’s chain entries, in order. */
  readonly streams: ReadonlyMap<string, readonly number[]>;
  /** The files outside the streams’ folders. */
  readonly rest: readonly ArchiveFile[];
  /** How many files there are. */
  readonly files: number;
}

async function surveyArchive(
  archive: Archive,
  only: string | undefined,
  report: ReportDiscrepancy,
): Promise<Survey> {
  const streams = new Map<string, number[]>();
  const rest: ArchiveFile[] = [];
  let files = 0;
  let last: string | undefined;
  for await (const file of archive.list(only === undefined ? '' : `${only}/`)) {
    const { path } = file;
    files += 1;
    if (path === last) report('file-repeated', path, 'There are several files of this name.');
    last = path;
    const [stream = '', folder, name, ...deeper] = path.split('/');
    if (folder === undefined || !isStreamName(stream)) {
      rest.push(file);
      continue;
    }
    const sequences = streams.get(stream) ?? [];
    streams.set(stream, sequences);
    if (folder !== 'chain' || name === undefined || deeper.length > 0) continue;
    const sequence = sequenceOf(name);
    if (sequence !== undefined && sequence !== sequences.at(-1)) sequences.push(sequence);
  }
  return { streams, rest, files };
}
