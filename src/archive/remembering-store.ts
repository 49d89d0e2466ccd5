import type { Archive } from '../core/archive';

/** Chain entries and manifests: written once, read by every run of their stream. */
const REMEMBERED = /\/(chain|manifests)\/[^/]+$/;

/** Of file contents; what was used longest ago is forgotten first. */
const MOST_BYTES = 64 * 1024 * 1024;

/**
 * An archive that keeps the chain files it has read in memory: they never change, so that a process which makes many
 * runs asks the storage for each of them once. A file that is not there is asked for again. Not for verification,
 * which must see what the storage holds now.
 */
export function createRememberingStore(archive: Archive, mostBytes = MOST_BYTES): Archive {
  const files = new Map<string, Uint8Array>();
  let bytes = 0;
  const remember = (path: string, content: Uint8Array): void => {
    // Two who asked at once both come here with the same bytes, which count once.
    if (content.byteLength > mostBytes || files.has(path)) return;
    files.set(path, content);
    bytes += content.byteLength;
    for (const [oldest, forgotten] of files) {
      if (bytes <= mostBytes) break;
      files.delete(oldest);
      bytes -= forgotten.byteLength;
    }
  };
  return {
    location: archive.location,
    create: (path, content) => archive.create(path, content),
    open: (path) => archive.open(path),
    list: (prefix) => archive.list(prefix),
    async read(path) {
      const known = files.get(path);
      if (known !== undefined) {
        files.delete(path);
        files.set(path, known);
        return known;
      }
      const content = await archive.read(path);
      if (content !== undefined && REMEMBERED.test(path)) remember(path, content);
      return content;
    },
  };
}
