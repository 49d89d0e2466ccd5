import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { UnreadableLine } from '../core/logs';
import { toInstant, type Instant } from '../core/period';
import { isoToTicks, ticksToIso } from '../kql/ticks';
import { quoteBigIntegers } from '../kql/wire';
import { parseBlobPath, registryOf } from './blob-paths';
import { asJsonRecord, field, type JsonRecord } from './flatten';
import { MAX_LINE_BYTES, readLines, type Line } from './lines';
import type { TableShape } from './table-shape';

/** What is kept of an unreadable line. */
const MAX_TEXT_BYTES = 4096;

/** After so many in one blob, the others are told of in one entry. */
const MAX_UNREADABLE = 1000;

const WRITE_AT_ONCE = 64 * 1024;

/** Enough of a file to see what form it has. */
const HEAD_BYTES = 64;

const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** Which blob is read, and where its records go. */
export interface SalvageOptions {
  readonly shape: TableShape;
  /** The local copy. */
  readonly source: string;
  /** The size at which the blob was listed; what was appended since is left for the next time. */
  readonly size: number;
  /** The blob's path, for the unreadable lines. */
  readonly blob: string;
  /** The file that gets the flattened records, one JSON object per line. */
  readonly target: string;
  /** Only these lines are read. */
  readonly lines?: readonly Line[] | undefined;
}

/** What became of the lines. */
export interface Salvaged {
  /** Records written. */
  readonly records: number;
  readonly unreadable: readonly UnreadableLine[];
}

/**
 * Reads a blob line by line: every line that is not blank becomes a record of the target (several, for
 * the old form `{"records":[…]}`) or an unreadable line. Bytes that are not UTF-8 become U+FFFD, so
 * that nobody can hide a record by damaging one of its texts.
 */
export async function salvage(options: SalvageOptions): Promise<Salvaged> {
  const unreadable = new UnreadableLines(options);
  let records = 0;
  const texts = async function* (): AsyncGenerator<string> {
    let text = '';
    for await (const line of options.lines ?? (await linesOf(options))) {
      for (const record of readLine(options.shape, line, unreadable)) {
        records += 1;
        text += `${record}\n`;
      }
      if (text.length < WRITE_AT_ONCE) continue;
      yield text;
      text = '';
    }
    yield text;
  };
  await pipeline(texts(), createWriteStream(options.target));
  return { records, unreadable: unreadable.all() };
}

/** The lines of a file; a file that is one document in several lines, as Azure wrote once, is one line. */
async function linesOf(options: SalvageOptions): Promise<AsyncIterable<Line> | readonly Line[]> {
  const { source, size } = options;
  if (size === 0) return [];
  const head = await readStart(source, Math.min(size, HEAD_BYTES));
  if (!/^\uFEFF?\s*\{\s*"records"/i.test(head.toString('utf8')) || size > MAX_LINE_BYTES) {
    return readLines(source, size);
  }
  const bytes = await readStart(source, size);
  const isDocument = isJson(bytes.toString('utf8').replace(/^\uFEFF/, ''));
  return isDocument ? [{ offset: 0, bytes, length: size, ended: true }] : readLines(source, size);
}

async function readStart(path: string, size: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of createReadStream(path, { end: size - 1 }) as AsyncIterable<Buffer>) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The flattened records of one line as JSON texts. */
function* readLine(
  shape: TableShape,
  line: Line,
  unreadable: UnreadableLines,
): Generator<string, void, undefined> {
  if (line.length > MAX_LINE_BYTES) {
    unreadable.add(line, 'longer than 16 MiB');
    return;
  }
  const marked = line.offset === 0 && line.bytes.subarray(0, 3).equals(BYTE_ORDER_MARK);
  const text = line.bytes.toString('utf8', marked ? 3 : 0).trim();
  if (text === '') return;
  let parsed: unknown;
  try {
    // JavaScript would round them.
    parsed = JSON.parse(quoteBigIntegers(text));
  } catch {
    unreadable.add(line, line.ended ? 'not JSON' : 'half-written last line');
    return;
  }
  for (const value of recordsOf(parsed)) {
    const flat = flatJson(shape, value);
    if (typeof flat === 'string') yield flat;
    else unreadable.add(line, flat.reason);
  }
}

/** A line is one record, or all of them in the form that Azure wrote before November 2018. */
function recordsOf(parsed: unknown): readonly unknown[] {
  const records = isObject(parsed) ? field(parsed, 'records') : undefined;
  return Array.isArray(records) ? (records as unknown[]) : [parsed];
}

function flatJson(shape: TableShape, value: unknown): string | { readonly reason: string } {
  const record = isObject(value) ? asJsonRecord(value) : undefined;
  if (record === undefined) return { reason: 'not a record' };
  try {
    const flat = shape.flatten(record);
    const ticks = isoToTicks(flat['time'] ?? '');
    if (ticks === undefined) return { reason: 'no time' };
    return JSON.stringify({ ...flat, time: ticksToIso(ticks) }, wellFormed);
  } catch (error) {
    // JSON.stringify is recursive, unlike JSON.parse.
    if (error instanceof RangeError) return { reason: 'nested too deeply' };
    throw error;
  }
}

/** Half of a surrogate pair alone is no text that DuckDB reads: it becomes U+FFFD, like a bad byte. */
function wellFormed(_: string, value: unknown): unknown {
  return typeof value === 'string' ? value.toWellFormed() : value;
}

function isObject(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Gathers the unreadable lines of one blob; what comes after many of them is told of in one entry. */
class UnreadableLines {
  private readonly first: UnreadableLine[] = [];
  private rest: UnreadableLine | undefined;
  private more = 0;

  constructor(private readonly of: Pick<SalvageOptions, 'blob' | 'shape'>) {}

  add(line: Line, reason: string): void {
    const { offset, length } = line;
    const text = line.bytes.subarray(0, MAX_TEXT_BYTES).toString('utf8');
    if (this.first.length < MAX_UNREADABLE) {
      this.first.push({ ...this.placed(text), offset, length, reason, text });
      return;
    }
    this.more += 1;
    this.rest = {
      ...(this.rest ?? { ...this.placed(text), offset, text }),
      length: offset + length - (this.rest?.offset ?? offset),
      reason: `${this.more} more unreadable lines from here`,
    };
  }

  private placed(text: string): Pick<UnreadableLine, 'blob' | 'about'> {
    const { blob, shape } = this.of;
    const path = parseBlobPath(blob);
    if (path === undefined) return { blob };
    const registry = shape.byRegistry ? registryOf(path.resource) : undefined;
    return {
      blob,
      about: {
        table: shape.table,
        ...(registry === undefined ? {} : { registry }),
        time: timeIn(text) ?? path.hour,
      },
    };
  }

  all(): readonly UnreadableLine[] {
    return this.rest === undefined ? this.first : [...this.first, this.rest];
  }
}

/** The time with which a damaged record begins; Azure writes it first. */
function timeIn(text: string): Instant | undefined {
  const written = /^\s*\{\s*"time"\s*:\s*"([^"]{1,40})"/.exec(text)?.[1];
  const ticks = written === undefined ? undefined : isoToTicks(written);
  return ticks === undefined ? undefined : toInstant(new Date(ticksToIso(ticks)));
}
