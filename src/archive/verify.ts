import type { Archive } from '../core/archive';
import type { Problem } from '../core/errors';
import { TallymanError } from '../core/errors';
import type { Discrepancy, Note, ReportDiscrepancy } from './discrepancies';
import { distinctByPath } from './discrepancies';
import { chainPath, isStreamName, keyPath, sequenceOf } from './layout';
import { parsePublicKey } from './public-key';
import { checkReferences } from './references';
import type { VerifiedChain } from './verify-chain';
import { verifyChain } from './verify-chain';
import { checkDefinitions } from './verify-definitions';
import { checkFiles } from './verify-files';
import type { DateRange } from './verify-periods';
import { checkPeriods, coveredBy, firstDateOf } from './verify-periods';

export interface VerifyOptions {
  /** Only this stream; all by default. */
  readonly stream?: string;
  /** A date in the stream’s zone or a period’s id: entries must speak for everything from its beginning on. */
  readonly from?: string;
  /** A date or a period’s id: entries must speak for everything before its beginning. */
  readonly to?: string;
  /** The digest that a mail or an earlier verification gave as a stream’s head. */
  readonly head?: string;
}

interface StreamSummary {
  readonly stream: string;
  readonly entries: number;
  readonly runs: number;
  readonly gaps: number;
  readonly amendments: number;
  readonly reviews: number;
  /** How many entries had their files destroyed under retention. */
  readonly destroyed: number;
  /** The newest entry’s digest; undefined when there is none that can be read. */
  readonly head?: string;
  /** The dates that entries speak for, half-open, in the stream’s zone. */
  readonly from?: string;
  readonly to?: string;
}

export interface VerifyResult {
  readonly streams: readonly StreamSummary[];
  readonly discrepancies: readonly Discrepancy[];
  readonly notes: readonly Note[];
  /** Sentences: what this verification can’t tell. */
  readonly notChecked: readonly string[];
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
  const { range, head } = parseOptions(options);
  const found: Discrepancy[] = [];
  const report: ReportDiscrepancy = (code, path, message) => {
    found.push({ code, path, message });
  };
  const notes: Note[] = [];
  const { streams: names, rest, files } = await surveyArchive(archive, options.stream);
  if (options.stream !== undefined && names.size === 0) {
    report('stream-missing', options.stream, 'The archive has no folder of this name.');
  } else if (names.size === 0) {
    report('archive-empty', '', `No stream was found among ${String(files)} files.`);
  }
  const known = new Set<string>();
  const streams: VerifiedStream[] = [];
  for (const [stream, sequences] of names) {
    const verified = await verifyStream(archive, stream, sequences, range, report);
    streams.push(verified);
    notes.push(...verified.notes);
    for (const path of verified.chain.others.keys()) known.add(path);
  }
  if (options.stream === undefined) {
    const unknown = rest.filter((path) => !known.has(path));
    notes.push(...(await checkRootFiles(archive, unknown, report)));
  }
  if (head !== undefined) notes.push(...checkHead(head, streams, report));
  const summaries = streams.map(({ summary }) => summary);
  const discrepancies = distinctByPath(found);
  return {
    streams: summaries,
    discrepancies,
    notes,
    notChecked: notChecked(options),
    good: discrepancies.length === 0,
    verdict: verdictOf(summaries, discrepancies.length),
  };
}

interface VerifiedStream {
  readonly summary: StreamSummary;
  readonly chain: VerifiedChain;
  readonly notes: readonly Note[];
}

async function verifyStream(
  archive: Archive,
  stream: string,
  sequences: readonly number[],
  range: DateRange,
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
  const notes = await checkFiles(archive, chain, references, report);
  return { summary: summaryOf(chain, references.destroyed.size), chain, notes };
}

function summaryOf(
  { stream, sequences, speaking, digests }: VerifiedChain,
  destroyed: number,
): StreamSummary {
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
    destroyed,
    ...(head !== undefined && { head }),
    ...(from !== undefined && to !== undefined && { from, to }),
  };
}

/** Files outside the streams that no genesis speaks for. */
async function checkRootFiles(
  archive: Archive,
  paths: readonly string[],
  report: ReportDiscrepancy,
): Promise<Note[]> {
  const notes: Note[] = [];
  for (const path of paths) {
    const content = /^keys\/[0-9a-f]{64}\.pem$/.test(path) ? await archive.read(path) : undefined;
    const key = content === undefined ? undefined : parsePublicKey(content);
    if (key === undefined) {
      report('file-unlisted', path, 'Nothing in the archive speaks for it.');
    } else if (keyPath(key.fingerprint) === path) {
      notes.push({ code: 'unused-key', path, message: 'No stream is signed with this key.' });
    } else {
      report('key-altered', path, `It holds the key ${key.fingerprint}.`);
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
  readonly rest: readonly string[];
  /** How many files there are. */
  readonly files: number;
}

async function surveyArchive(archive: Archive, only: string | undefined): Promise<Survey> {
  const streams = new Map<string, number[]>();
  const rest: string[] = [];
  let files = 0;
  for await (const { path } of archive.list(only === undefined ? '' : `${only}/`)) {
    files += 1;
    const [stream = '', folder, name, ...deeper] = path.split('/');
    if (folder === undefined || !isStreamName(stream)) {
      rest.push(path);
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

function parseOptions(options: VerifyOptions): { range: DateRange; head: string | undefined } {
  const problems: Problem[] = [];
  const dates = (['from', 'to'] as const).map((where) => {
    const text = options[where];
    const date = text === undefined ? undefined : firstDateOf(text);
    if (text !== undefined && date === undefined) {
      const message = `Expected a date or a period like 2026-03-02, 2026-W10, 2026-03 or 2026-Q1, got "${text}".`;
      problems.push({ where, message });
    }
    return date;
  });
  const [from, to] = dates;
  if (from !== undefined && to !== undefined && from >= to) {
    problems.push({ where: 'to', message: `Expected a date after ${from}, got ${to}.` });
  }
  const head = options.head?.toLowerCase();
  if (head !== undefined && !/^[0-9a-f]{64}$/.test(head)) {
    const message = `Expected 64 hexadecimal digits, got "${head}".`;
    problems.push({ where: 'head', message, remedy: 'Copy it whole from a mail.' });
  }
  if (options.stream !== undefined && !isStreamName(options.stream)) {
    const message = `Expected a stream like daily.all, got "${options.stream}".`;
    problems.push({ where: 'stream', message });
  }
  if (problems.length > 0) {
    throw new TallymanError('ARGUMENT_INVALID', 'The archive can’t be verified like this.', {
      problems,
    });
  }
  return { range: { ...(from && { from }), ...(to && { to }) }, head };
}

function notChecked(options: VerifyOptions): string[] {
  const sentences: string[] = [];
  if (options.head === undefined) {
    sentences.push(
      'No head was given: entries deleted from a chain’s end, or a chain rewritten by somebody who has the signing key, would not show. A head is in every mail.',
    );
  }
  if (options.from === undefined || options.to === undefined) {
    sentences.push(
      'No whole range was given: periods before a stream’s first or after its newest would not be missed.',
    );
  }
  if (options.stream !== undefined) {
    sentences.push(
      `Only the stream ${options.stream} was checked, and nothing outside its folder but its key.`,
    );
  }
  sentences.push(
    'Times are the signer’s word; no independent clock witnessed them.',
    'An archive can’t show whether the platform recorded everything, or whether records were changed before they were read.',
  );
  return sentences;
}

function verdictOf(streams: readonly StreamSummary[], discrepancies: number): string {
  const total = (field: 'entries' | 'runs' | 'gaps'): number =>
    streams.reduce((sum, stream) => sum + stream[field], 0);
  const checked = `${counted(streams.length, 'stream')}, ${counted(total('entries'), 'entry', 'entries')}, ${counted(total('runs'), 'run')}, ${counted(total('gaps'), 'gap record')}`;
  return discrepancies === 0
    ? `Good: everything is as it was sealed (${checked}).`
    : `Not good: ${counted(discrepancies, 'discrepancy', 'discrepancies')} (${checked}).`;
}

function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
