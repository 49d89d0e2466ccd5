import { leadsElsewhere } from '../../archive/zip-names';
import { CannotTell } from './picked-files';
import type { PickedFile } from './picked-files';

// ZIP as its APPNOTE has it: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT. What a pack never has is
// refused by name and left to `tallyman verify`, because programs disagree about what such a file unpacks to.

const END = 0x06054b50;
const END_64 = 0x06064b50;
const LOCATOR_64 = 0x07064b50;
const DIRECTORY_ENTRY = 0x02014b50;
const LOCAL_HEADER = 0x04034b50;
/** The end record without its comment, and the longest comment; in bytes. */
const END_BYTES = 22;
const LONGEST_COMMENT = 0xffff;
const LINK = 0o120000;
const KINDS = 0o170000;
/** How many bytes one byte of DEFLATE can stand for. */
const MOST_PACKED = 1032;
const STORED = 0;
const DEFLATED = 8;
/** Said in a field of four bytes when the number is in an extra field. */
const ELSEWHERE = 0xffffffff;
/** Info-ZIP's Unicode Path, another name for the file. */
const UNICODE_PATH = 0x7075;
const SIZES_64 = 0x0001;

/** The files of a ZIP file. Throws CannotTell when it is none, or not one that every program unpacks alike. */
export async function filesOfZip(zip: Blob): Promise<PickedFile[]> {
  const { count, offset, size } = await findDirectory(zip);
  const directory = await viewOf(zip, offset, offset + size);
  const files: PickedFile[] = [];
  let at = 0;
  for (let entries = 0; entries < count; entries += 1) {
    if (directory.byteLength - at < 46 || directory.getUint32(at, true) !== DIRECTORY_ENTRY) {
      throw new CannotTell('The ZIP file’s directory is damaged.');
    }
    const entry = entryAt(directory, at);
    at += entry.length;
    const isFolder = entry.path.endsWith('/') && entry.size === 0;
    if (isFolder && !leadsElsewhere(entry.path)) continue;
    files.push({ path: entry.path, size: entry.size, read: () => contentOf(zip, entry) });
  }
  // Some programs go by the number of entries and others by where they end.
  if (at !== directory.byteLength) throw new CannotTell('The ZIP file’s directory is damaged.');
  return files;
}

interface Entry {
  readonly path: string;
  /** As in the file, in bytes. */
  readonly name: Uint8Array;
  readonly size: number;
  readonly packed: number;
  readonly method: number;
  readonly header: number;
  /** Of the entry in the directory, in bytes. */
  readonly length: number;
}

async function findDirectory(
  zip: Blob,
): Promise<{ readonly count: number; readonly offset: number; readonly size: number }> {
  const from = Math.max(0, zip.size - END_BYTES - LONGEST_COMMENT);
  const tail = await viewOf(zip, from, zip.size);
  for (let at = tail.byteLength - END_BYTES; at >= 0; at -= 1) {
    if (tail.getUint32(at, true) !== END) continue;
    if (at + END_BYTES + tail.getUint16(at + 20, true) !== tail.byteLength) continue;
    const isLarge = at >= 20 && tail.getUint32(at - 20, true) === LOCATOR_64;
    if (isLarge) {
      const end = Number(tail.getBigUint64(at - 12, true));
      const record = await viewOf(zip, end, end + 56);
      if (record.byteLength < 56 || record.getUint32(0, true) !== END_64) break;
      const [count, size, offset] = [32, 40, 48].map((field) =>
        Number(record.getBigUint64(field, true)),
      ) as [number, number, number];
      if (offset + size !== end) break;
      return { count, size, offset };
    }
    const count = tail.getUint16(at + 10, true);
    const [size, offset] = [tail.getUint32(at + 12, true), tail.getUint32(at + 16, true)];
    if (offset + size !== from + at) break;
    return { count, size, offset };
  }
  throw new CannotTell('This is no ZIP file, or it breaks off before its end.');
}

function entryAt(directory: DataView, at: number): Entry {
  const [flags, method] = [directory.getUint16(at + 8, true), directory.getUint16(at + 10, true)];
  const [nameLength, extraLength, commentLength] = [28, 30, 32].map((field) =>
    directory.getUint16(at + field, true),
  ) as [number, number, number];
  const length = 46 + nameLength + extraLength + commentLength;
  if (at + length > directory.byteLength)
    throw new CannotTell('The ZIP file’s directory is damaged.');
  const bytes = new Uint8Array(directory.buffer, directory.byteOffset + at, length);
  const name = bytes.subarray(46, 46 + nameLength);
  const path = new TextDecoder().decode(name);
  const extra = bytes.subarray(46 + nameLength, 46 + nameLength + extraLength);
  const isLink = ((directory.getUint32(at + 38, true) >>> 16) & KINDS) === LINK;
  if ((flags & 1) !== 0 || (method !== STORED && method !== DEFLATED) || isLink) {
    throw odd(path, 'is encrypted, a link, or packed in another way');
  }
  if (new TextEncoder().encode(path).length !== nameLength || extraField(extra, UNICODE_PATH)) {
    throw odd(path, 'has several names');
  }
  const large = extraField(extra, SIZES_64);
  let taken = 0;
  const [size, packed, header] = [24, 20, 42].map((field) => {
    const short = directory.getUint32(at + field, true);
    if (short !== ELSEWHERE || large === undefined || large.byteLength < taken + 8) return short;
    taken += 8;
    return Number(large.getBigUint64(taken - 8, true));
  }) as [number, number, number];
  return { path, name, size, packed, method, header, length };
}

/** The data of an extra field; undefined when there is none of that number. */
function extraField(extra: Uint8Array, wanted: number): DataView | undefined {
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

/** An entry’s bytes, unpacked; undefined when they are damaged or not as many as it says. */
async function contentOf(zip: Blob, entry: Entry): Promise<Uint8Array | undefined> {
  const { name, size, packed, method, header } = entry;
  const local = await viewOf(zip, header, header + 30 + name.length);
  if (local.byteLength < 30 + name.length || local.getUint32(0, true) !== LOCAL_HEADER) {
    return undefined;
  }
  const own = new Uint8Array(local.buffer, 30);
  if (local.getUint16(26, true) !== name.length || name.some((byte, at) => own[at] !== byte)) {
    throw odd(entry.path, 'has several names');
  }
  const start = header + 30 + name.length;
  const begin = start + local.getUint16(28, true);
  const extra = await viewOf(zip, start, begin);
  if (extraField(new Uint8Array(extra.buffer), UNICODE_PATH))
    throw odd(entry.path, 'has several names');
  const data = zip.slice(begin, begin + packed);
  if (method === STORED) {
    return packed === size && data.size === size
      ? new Uint8Array(await data.arrayBuffer())
      : undefined;
  }
  // It packs nothing closer than this.
  if (size > packed * MOST_PACKED) return undefined;
  const content = new Uint8Array(size);
  let taken = 0;
  try {
    const reader = data.stream().pipeThrough(new DecompressionStream('deflate-raw')).getReader();
    for (;;) {
      const { value } = (await reader.read()) as { value?: Uint8Array };
      if (value === undefined) break;
      // It would unpack to more than it says, however much that is.
      if (taken + value.length > size) {
        await reader.cancel();
        return undefined;
      }
      content.set(value, taken);
      taken += value.length;
    }
  } catch {
    return undefined;
  }
  return taken === size ? content : undefined;
}

async function viewOf(zip: Blob, from: number, to: number): Promise<DataView> {
  return new DataView(await zip.slice(from, to).arrayBuffer());
}

function odd(path: string, what: string): CannotTell {
  return new CannotTell(`${path} in the ZIP file ${what}. Check it with tallyman verify.`);
}
