import { isStreamName } from './layout';

/** A pack has the archive in this folder, because nothing seals the page beside it. */
export const PACK_FOLDER = 'archive/';
/** The page of a pack. */
export const PACK_PAGE = 'index.html';

/** What lies beside the folder: the page, and what desktops put wherever somebody looks. */
const BESIDE = new Set([PACK_PAGE, '.DS_Store', 'Thumbs.db', 'desktop.ini']);

/**
 * The folder, with a final slash, that an archive is in among these paths: a single folder around everything, a
 * pack’s, or none (an empty text). A folder named like one of an archive’s own is not taken for one around it.
 */
export function folderOfArchive(paths: readonly string[]): string {
  const around = folderAround(paths, () => false);
  const inside = around === '' ? paths : paths.map((path) => path.slice(around.length));
  const packed = folderAround(inside, (path) => BESIDE.has(path));
  return around + (packed === PACK_FOLDER ? packed : '');
}

function folderAround(paths: readonly string[], isBeside: (path: string) => boolean): string {
  const all = paths.filter((path) => !isBeside(path));
  const [name = '', rest] = (all[0] ?? '').split('/');
  const isAround = rest !== undefined && name !== 'keys' && !isStreamName(name);
  return isAround && all.every((path) => path.startsWith(`${name}/`)) ? `${name}/` : '';
}
