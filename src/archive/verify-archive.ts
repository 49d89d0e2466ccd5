import type { ArchiveFile } from '../core/archive';
import type { Discrepancy, Note, ReportDiscrepancy } from './discrepancies';
import { distinctByPath } from './discrepancies';
import { chainPath, isStreamName, keyPath, sequenceOf } from './layout';
import { checkReferences } from './references';
import type { VerifiedChain } from './verify-chain';
import { verifyChain } from './verify-chain';
import { checkDefinitions } from './verify-definitions';
import { checkFiles } from './verify-files';
import type { Asked } from './verify-options';
import { checkPeriods } from './verify-periods';
import type { VerifySource, WitnessChecker } from './verify-source';
import type { StreamSummary } from './verify-summary';
import { summaryOf } from './verify-summary';

/** What was found in an archive. */
export interface Findings {
  readonly streams: readonly StreamSummary[];
  readonly discrepancies: readonly Discrepancy[];
  readonly notes: readonly Note[];
  /** How many files the notes are about that nothing seals. */
  readonly unsealed: number;
}

/** Begins to look at the time stamps of a stream. */
type WitnessesOf = (chain: VerifiedChain, report: ReportDiscrepancy) => WitnessChecker;

/** `verifyArchive` with what any machine has; nothing of Node is used from here on. */
export async function verifySource(
  source: VerifySource,
  asked: Pick<Asked, 'stream' | 'range' | 'heads'>,
  witnesses: WitnessesOf,
): Promise<Findings> {
  const found: Discrepancy[] = [];
  const report: ReportDiscrepancy = (code, path, message) => {
    found.push({ code, path, message });
  };
  const notes: Note[] = [];
  const { streams: names, rest, files } = await surveyArchive(source, asked.stream, report);
  if (asked.stream !== undefined && names.size === 0) {
    report('stream-missing', asked.stream, 'The archive has no folder of this name.');
  } else if (names.size === 0) {
    report('archive-empty', '', `No stream was found among ${String(files)} files.`);
  }
  const known = new Set<string>();
  const verified: VerifiedStream[] = [];
  let unsealed = 0;
  for (const [stream, sequences] of names) {
    const one = await verifyStream(source, stream, sequences, asked, witnesses, report);
    verified.push(one);
    notes.push(...one.notes);
    unsealed += one.unsealed;
    for (const path of one.chain.others.keys()) known.add(path);
  }
  if (asked.stream === undefined) {
    const unknown = rest.filter(({ path }) => !known.has(path));
    const unused = await checkRootFiles(source, unknown, report);
    notes.push(...unused);
    unsealed += unused.length;
  }
  for (const head of asked.heads) notes.push(...checkHead(head, verified, report));
  const streams = verified.map(({ summary }) => summary);
  return { streams, discrepancies: distinctByPath(found), notes, unsealed };
}

interface VerifiedStream {
  readonly summary: StreamSummary;
  readonly chain: VerifiedChain;
  readonly notes: readonly Note[];
  /** How many files the notes are about that nothing seals. */
  readonly unsealed: number;
}

async function verifyStream(
  source: VerifySource,
  stream: string,
  sequences: readonly number[],
  { range, heads }: Pick<Asked, 'range' | 'heads'>,
  witnessesOf: WitnessesOf,
  report: ReportDiscrepancy,
): Promise<VerifiedStream> {
  if (sequences.length === 0) report('chain-missing', stream, 'It has files and no chain entry.');
  const chain = await verifyChain(source, stream, sequences, report);
  const { speaking } = chain;
  const references = checkReferences(speaking);
  for (const { code, sequence, message } of references.wrong) {
    report(code, chainPath(stream, sequence), message);
  }
  checkDefinitions(stream, speaking, report);
  checkPeriods(stream, speaking, range, report);
  const witnesses = witnessesOf(chain, report);
  const files = await checkFiles(source, chain, references, witnesses, report);
  const summary: StreamSummary = {
    ...summaryOf(chain),
    destroyed: references.destroyed.size,
    witnesses: witnesses.summary,
    headSeen: heads.some((head) => chain.digests.includes(head)),
  };
  return { summary, chain, ...files };
}

/** A public key’s file is much smaller, in bytes; what is larger is not read. */
const LARGEST_KEY = 1000;

/** Files outside the streams that no genesis speaks for. */
async function checkRootFiles(
  source: VerifySource,
  files: readonly ArchiveFile[],
  report: ReportDiscrepancy,
): Promise<Note[]> {
  const notes: Note[] = [];
  for (const { path, size } of files) {
    const mayBeKey = /^keys\/[0-9a-f]{64}\.pem$/.test(path) && size < LARGEST_KEY;
    const content = mayBeKey ? await source.read(path) : undefined;
    const key = content === undefined ? undefined : await source.parseKey(content);
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
  source: VerifySource,
  only: string | undefined,
  report: ReportDiscrepancy,
): Promise<Survey> {
  const streams = new Map<string, number[]>();
  const rest: ArchiveFile[] = [];
  let files = 0;
  let last: string | undefined;
  for await (const file of source.list(only === undefined ? '' : `${only}/`)) {
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
