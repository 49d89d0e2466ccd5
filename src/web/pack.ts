import { PassThrough, Readable } from 'node:stream';
import { ZipFile } from 'yazl';
import { PACK_FOLDER, PACK_PAGE } from '../archive/archive-folder';
import { chainPath, keyPath, manifestPath, runFolder } from '../archive/layout';
import { reviewFilePaths, reviewsByEntry } from '../archive/reviews';
import type { Archive } from '../core/archive';
import type { Pieces } from '../core/pieces';
import type { StreamReading } from './chain-reader';
import type { SealedSlot } from './timeline';

/** What every pack holds besides: how to check it. */
const AUDITOR_FILES = ['README.txt', 'verify.sh', 'verify.jq'];

/**
 * The paths of one period's pack: enough to check its entry by hand, as README.txt says, and what people said of it, with
 * their entries.
 */
export async function periodPack(
  archive: Archive,
  { stream, entries }: StreamReading,
  { entry, period, amendments }: SealedSlot,
): Promise<string[]> {
  const all = reviewsByEntry(entries);
  const reviews = [entry, ...amendments.map((amendment) => amendment.entry)].flatMap(
    ({ sequence }) => all.get(sequence) ?? [],
  );
  const seals = [entry, ...reviews.map((review) => review.entry)].flatMap((sealed) => [
    keyPath(sealed.manifest.predicate.keyFingerprint),
    chainPath(stream, sealed.sequence),
    manifestPath(stream, sealed.manifestSha256),
  ]);
  const said = reviews.flatMap(reviewFilePaths);
  const fixed = await existing(archive, [...new Set([...AUDITOR_FILES, ...seals, ...said])]);
  return [...fixed, ...(await below(archive, runFolder(stream, period.id)))];
}

/**
 * The paths of a stream's pack, which `verify.sh` checks as a whole: everything below its folder, as it is,
 * so that the one who unpacks it sees what is wrong with it too.
 */
export async function streamPack(
  archive: Archive,
  { stream, files }: StreamReading,
): Promise<string[]> {
  // Those that it was rotated to as well.
  const keys = [...files.keys()].filter((path) => path.startsWith('keys/'));
  const fixed = await existing(archive, [...AUDITOR_FILES, ...keys]);
  return [...fixed, ...(await below(archive, `${stream}/`))];
}

/**
 * The bytes of a ZIP file of archive files, each read when its turn comes; in a folder of their own when there is a
 * page beside them, which nothing seals. Ends with an error, and so
 * with a download that breaks off, when a file can no longer be read.
 */
export async function* zipOf(
  archive: Archive,
  paths: readonly string[],
  page?: string,
): AsyncGenerator<Uint8Array> {
  const zip = new ZipFile();
  const folder = page === undefined ? '' : PACK_FOLDER;
  if (page !== undefined) zip.addBuffer(Buffer.from(page), PACK_PAGE);
  const output = zip.outputStream.pipe(new PassThrough());
  zip.on('error', (error: Error) => output.destroy(error));
  for (const path of paths) {
    const mode = path.endsWith('.sh') ? 0o100755 : 0o100644;
    zip.addReadStreamLazy(folder + path, { mode }, (callback) => {
      // A stream that fails inside the ZIP file would end the process, so the file is read before.
      contentOf(archive, path).then(
        (content) => {
          callback(null, Readable.from(content.read()));
        },
        (error: unknown) => zip.emit('error', error),
      );
    });
  }
  zip.end();
  yield* output as AsyncIterable<Uint8Array>;
}

async function contentOf(archive: Archive, path: string): Promise<Pieces> {
  const content = await archive.open(path);
  if (content === undefined) throw new Error(`${path} has gone`);
  return content;
}

async function existing(archive: Archive, paths: readonly string[]): Promise<string[]> {
  const contents = await Promise.all(paths.map((path) => archive.read(path)));
  return paths.filter((_path, index) => contents[index] !== undefined);
}

async function below(archive: Archive, prefix: string): Promise<string[]> {
  const paths: string[] = [];
  for await (const { path } of archive.list(prefix)) paths.push(path);
  return paths;
}
