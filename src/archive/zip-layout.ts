import { mapInParallel } from '../core/in-parallel';

// ZIP as its APPNOTE has it: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT. It says most things twice, in
// a directory at its end and before each file, and programs go by the one or by the other.

/** Bytes of a ZIP file from one place up to another; fewer when it ends before. */
export type ReadBytes = (from: number, to: number) => Promise<Uint8Array>;

/** Why it can’t be told what a ZIP file unpacks to; for people, without a final dot. */
export class ZipTrouble extends Error {}

/** A file of a ZIP file, by its directory; sizes and places are in bytes. */
export interface ZipEntry {
  readonly path: string;
  readonly name: Uint8Array;
  readonly extra: Uint8Array;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  readonly attributes: number;
  /** Where its own header is. */
  readonly header: number;
}

/** A file with what its own header says. */
export interface LaidOutFile extends ZipEntry {
  readonly ownName: Uint8Array;
  readonly ownExtra: Uint8Array;
  /** Where its packed bytes begin. */
  readonly begin: number;
}

const END = 0x06054b50;
const END_64 = 0x06064b50;
const LOCATOR_64 = 0x07064b50;
const DIRECTORY_ENTRY = 0x02014b50;
const LOCAL_HEADER = 0x04034b50;
/** The end record without its comment, and the longest comment. */
const END_BYTES = 22;
const LONGEST_COMMENT = 0xffff;
/** Said in a field of four or two bytes when the number is elsewhere. */
const ELSEWHERE = 0xffffffff;
const ELSEWHERE_SHORT = 0xffff;
const SIZES_64 = 0x0001;
/** The flag of a file whose sizes come after it, and how many bytes they may take there. */
const SIZES_AFTER = 0x0008;
const AFTER_BYTES = [0, 12, 16, 20, 24];
/** Of the mode that Unix has for files, in the upper half of the attributes. */
const KINDS = 0o170000;
const REGULAR = 0o100000;
const READS_AT_ONCE = 16;
const WINDOW_BYTES = 1 << 16;
/** More are not taken into memory. */
const MOST_FILES = 2_000_000;

/**
 * The files of a ZIP file. Throws a ZipTrouble when it is none, or when it says one thing in its directory and another
 * before a file, or holds bytes that are of no file: programs unpack such a ZIP file to different things.
 */
export async function zipLayout(read: ReadBytes, bytes: number): Promise<LaidOutFile[]> {
  const { count, offset, size } = await findDirectory(read, bytes);
  if (count > MOST_FILES) throw new ZipTrouble('it holds too many files');
  const entries = entriesIn(await viewOf(read, offset, offset + size), count);
  const near = inWindows(read);
  const files = await mapInParallel(entries, READS_AT_ONCE, (entry) => withHeader(near, entry));
  checkGaps(files, offset);
  return files;
}

/** Whether no program unpacks a file as a link, a device or a folder, by its attributes. */
export function isRegular(attributes: number): boolean {
  const kind = (attributes >>> 16) & KINDS;
  return kind === 0 || kind === REGULAR;
}

/** The data of an extra field; undefined when there is none of that number. */
export function extraField(extra: Uint8Array, wanted: number): DataView | undefined {
  const view = new DataView(extra.buffer, extra.byteOffset, extra.byteLength);
  for (let at = 0; at + 4 <= view.byteLength;) {
    const size = view.getUint16(at + 2, true);
    if (view.getUint16(at, true) === wanted && at + 4 + size <= view.byteLength) {
      return new DataView(extra.buffer, extra.byteOffset + at + 4, size);
    }
    at += 4 + size;
  }
  return undefined;
}

async function findDirectory(
  read: ReadBytes,
  bytes: number,
): Promise<{ readonly count: number; readonly offset: number; readonly size: number }> {
  const from = Math.max(0, bytes - END_BYTES - LONGEST_COMMENT);
  const tail = await viewOf(read, from, bytes);
  let at = tail.byteLength - END_BYTES;
  while (at >= 0 && tail.getUint32(at, true) !== END) at -= 1;
  // Another end record in the comment would be the right one for other programs.
  if (at < 0 || at + END_BYTES + tail.getUint16(at + 20, true) !== tail.byteLength) throw noZip();
  const short = tail.getUint16(at + 10, true);
  const [size, offset] = [tail.getUint32(at + 12, true), tail.getUint32(at + 16, true)];
  const isLarge = at >= 20 && tail.getUint32(at - 20, true) === LOCATOR_64;
  if (!isLarge) {
    if (offset + size !== from + at) throw noZip();
    return { count: short, offset, size };
  }
  const end = Number(tail.getBigUint64(at - 12, true));
  const record = await viewOf(read, end, end + 56);
  if (record.byteLength < 56 || record.getUint32(0, true) !== END_64) throw noZip();
  const large = [32, 40, 48].map((field) => Number(record.getBigUint64(field, true))) as Three;
  const isSame =
    (short === ELSEWHERE_SHORT || short === large[0]) &&
    (size === ELSEWHERE || size === large[1]) &&
    (offset === ELSEWHERE || offset === large[2]);
  if (!isSame || large[2] + large[1] !== end) throw noZip();
  return { count: large[0], size: large[1], offset: large[2] };
}

type Three = [number, number, number];

function entriesIn(directory: DataView, count: number): ZipEntry[] {
  const entries: ZipEntry[] = [];
  let at = 0;
  for (let read = 0; read < count; read += 1) {
    if (directory.byteLength - at < 46 || directory.getUint32(at, true) !== DIRECTORY_ENTRY) {
      throw damaged();
    }
    const [name, extra, comment] = [28, 30, 32].map((field) =>
      directory.getUint16(at + field, true),
    ) as Three;
    const length = 46 + name + extra + comment;
    if (at + length > directory.byteLength) throw damaged();
    const bytes = new Uint8Array(directory.buffer, directory.byteOffset + at, length);
    entries.push(entryOf(bytes, 46 + name, 46 + name + extra));
    at += length;
  }
  // Some programs go by the number of entries and others by where they end.
  if (at !== directory.byteLength) throw damaged();
  return entries;
}

function entryOf(bytes: Uint8Array, nameEnd: number, extraEnd: number): ZipEntry {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [name, extra] = [bytes.subarray(46, nameEnd), bytes.subarray(nameEnd, extraEnd)];
  const [size, packed, header] = sizesAt(view, [24, 20, 42], extra) as Three;
  return {
    ...{ path: new TextDecoder().decode(name), name, extra, size, packed, header },
    flags: view.getUint16(8, true),
    method: view.getUint16(10, true),
    crc: view.getUint32(16, true),
    attributes: view.getUint32(38, true),
  };
}

/** Numbers of four bytes, or of eight in the extra field where those do not hold them. */
function sizesAt(view: DataView, fields: readonly number[], extra: Uint8Array): number[] {
  const large = extraField(extra, SIZES_64);
  let taken = 0;
  return fields.map((field) => {
    const short = view.getUint32(field, true);
    if (short !== ELSEWHERE || large === undefined || large.byteLength < taken + 8) return short;
    taken += 8;
    return Number(large.getBigUint64(taken - 8, true));
  });
}

async function withHeader(read: ReadBytes, entry: ZipEntry): Promise<LaidOutFile> {
  const { path, header, flags, method, crc, size, packed } = entry;
  const fixed = await viewOf(read, header, header + 30);
  if (fixed.byteLength < 30 || fixed.getUint32(0, true) !== LOCAL_HEADER) throw damaged();
  const nameEnd = fixed.getUint16(26, true);
  const begin = header + 30 + nameEnd + fixed.getUint16(28, true);
  const rest = await read(header + 30, begin);
  // Copies, so that nobody keeps all that was read ahead.
  const [ownName, ownExtra] = [rest.slice(0, nameEnd), rest.slice(nameEnd)];
  const own = [fixed.getUint32(14, true), ...sizesAt(fixed, [22, 18], ownExtra)];
  const isAfter = (flags & SIZES_AFTER) !== 0;
  const isSame =
    fixed.getUint16(6, true) === flags &&
    fixed.getUint16(8, true) === method &&
    [crc, size, packed].every((one, at) => own[at] === one || (isAfter && own[at] === 0));
  if (!isSame) {
    throw new ZipTrouble(
      `its directory says something else of ${path} than stands before that file`,
    );
  }
  return { ...entry, ownName, ownExtra, begin };
}

/** Programs that go through a ZIP file from its beginning would find more in bytes that are of no file. */
function checkGaps(files: readonly LaidOutFile[], directory: number): void {
  let [end, gaps] = [0, [0]];
  const check = (next: number): void => {
    if (!gaps.includes(next - end))
      throw new ZipTrouble('it holds bytes that are of no file, or of two');
  };
  for (const { header, begin, packed, flags } of [...files].sort((a, b) => a.header - b.header)) {
    check(header);
    end = begin + packed;
    gaps = (flags & SIZES_AFTER) === 0 ? [0] : AFTER_BYTES;
  }
  check(directory);
}

/** Reads ahead: the headers of small files lie close together, and a read of its own for each takes a browser long. */
function inWindows(read: ReadBytes): ReadBytes {
  let begin = 0;
  let window: Promise<Uint8Array> | undefined;
  return async (from, to) => {
    if (to - from > WINDOW_BYTES) return read(from, to);
    if (window === undefined || from < begin || to > begin + WINDOW_BYTES) {
      begin = from;
      window = read(from, from + WINDOW_BYTES);
    }
    const at = begin;
    return (await window).subarray(from - at, to - at);
  };
}

async function viewOf(read: ReadBytes, from: number, to: number): Promise<DataView> {
  const bytes = await read(from, to);
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function noZip(): ZipTrouble {
  return new ZipTrouble('it is no ZIP file, breaks off before its end, or has several ends');
}

function damaged(): ZipTrouble {
  return new ZipTrouble('its directory is damaged');
}
