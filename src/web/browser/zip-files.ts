import type { LaidOutFile } from '../../archive/zip-layout';
import { extraField, isRegular, zipLayout, ZipTrouble } from '../../archive/zip-layout';
import { leadsElsewhere } from '../../archive/zip-names';
import { CannotTell } from './picked-files';
import type { PickedFile } from './picked-files';

// What a pack never has is refused by name, because programs disagree about what such a file unpacks to.

const ENCRYPTED = 0x0001;
/** How many bytes one byte of DEFLATE can stand for. */
const MOST_PACKED = 1032;
const STORED = 0;
const DEFLATED = 8;
/** Info-ZIP's Unicode Path, another name for the file. */
const UNICODE_PATH = 0x7075;

/** The files of a ZIP file. Throws CannotTell when it is none, or not one that every program unpacks alike. */
export async function filesOfZip(zip: Blob): Promise<PickedFile[]> {
  const read = async (from: number, to: number): Promise<Uint8Array> =>
    new Uint8Array(await zip.slice(from, to).arrayBuffer());
  const files = await zipLayout(read, zip.size).catch((error: unknown) => {
    if (!(error instanceof ZipTrouble)) throw error;
    throw new CannotTell(`The ZIP file can’t be relied on: ${error.message}.`);
  });
  for (const file of files) checkPlain(file);
  return files
    .filter(isFile)
    .map((file) => ({ path: file.path, size: file.size, read: () => contentOf(zip, file) }));
}

function isFile({ path, size }: LaidOutFile): boolean {
  return !path.endsWith('/') || size !== 0 || leadsElsewhere(path);
}

function checkPlain({ path, name, extra, flags, method, attributes, ...own }: LaidOutFile): void {
  const isOther = !isRegular(attributes) && !path.endsWith('/');
  if ((flags & ENCRYPTED) !== 0 || (method !== STORED && method !== DEFLATED) || isOther) {
    throw odd(path, 'is encrypted, a link or device, or packed in another way');
  }
  const { ownName, ownExtra } = own;
  const isSame = ownName.length === name.length && name.every((byte, at) => ownName[at] === byte);
  const hasOther = [extra, ownExtra].some((one) => extraField(one, UNICODE_PATH) !== undefined);
  if (!isSame || hasOther || new TextEncoder().encode(path).length !== name.length) {
    throw odd(path, 'has several names');
  }
}

/** A file’s bytes, unpacked; undefined when they are damaged or not as many as it says. */
async function contentOf(
  zip: Blob,
  { begin, packed, size, method }: LaidOutFile,
): Promise<Uint8Array | undefined> {
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

function odd(path: string, what: string): CannotTell {
  return new CannotTell(`${path} in the ZIP file ${what}. Check it with tallyman verify.`);
}
