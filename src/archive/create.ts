import type { Archive } from '../core/archive';
import { TallymanError } from '../core/errors';

/** Writes a file whose name follows from its content. Throws ARCHIVE_DAMAGED when there are other bytes. */
export async function createOrSame(
  archive: Archive,
  path: string,
  content: Uint8Array,
): Promise<void> {
  const there = await createOrKeep(archive, path, content);
  if (Buffer.from(content).equals(there)) return;
  throw new TallymanError('ARCHIVE_DAMAGED', `${path} holds other bytes than it must.`, {
    hint: 'Verify the archive, and restore the file from a copy.',
  });
}

/** Writes a file unless there is one, and returns what is there then. */
export async function createOrKeep(
  archive: Archive,
  path: string,
  content: Uint8Array,
): Promise<Uint8Array> {
  if ((await archive.create(path, content)) === 'created') return content;
  return (await archive.read(path)) ?? new Uint8Array();
}
