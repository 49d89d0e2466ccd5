import type { Archive, Signer } from '../../core/archive';
import type { Check } from './check';

const PROBE = 'doctor/write-once.txt';
const CONTENT = Buffer.from(
  'The doctor wrote this once, and looks whether it can be written again.\n',
);

/** Whether the private store takes a file once and refuses it the second time. */
export async function checkPrivateStore(store: Archive): Promise<Check> {
  const name = 'Private store';
  await store.create(PROBE, CONTENT);
  const again = await store.create(PROBE, Buffer.from('something else'));
  const kept = await store.read(PROBE);
  const isKept = kept !== undefined && CONTENT.equals(kept);
  if (again === 'exists' && isKept) {
    return { name, status: 'good', text: `${store.location} keeps a file that is written again.` };
  }
  return {
    name,
    status: 'bad',
    text: `${store.location} lets a file be written over, so what two workers write at once could be lost.`,
    remedy: 'Use a file system with hard links, or a blob container.',
  };
}

/**
 * Whether the archive can be listed and read, and refuses to write over a file that it holds. Nothing is added:
 * a file that no chain names would look planted.
 */
export async function checkArchive(archive: Archive): Promise<Check> {
  const name = 'Archive';
  for await (const { path } of archive.list('')) {
    const before = await archive.read(path);
    const again = await archive.create(
      path,
      Buffer.from('the doctor would have written over this'),
    );
    const after = await archive.read(path);
    const isKept = before !== undefined && after !== undefined && Buffer.from(before).equals(after);
    if (again === 'exists' && isKept) {
      return {
        name,
        status: 'good',
        text: `${archive.location} can be read, and keeps what it holds.`,
      };
    }
    return {
      name,
      status: 'bad',
      text: `${archive.location} did not keep ${path} when it was written again.`,
      remedy: 'Restore that file, and find out why the store is not write-once.',
    };
  }
  return {
    name,
    status: 'good',
    text: `${archive.location} can be listed and is empty: nothing has been sealed yet.`,
  };
}

/** Whether the key signs, by signing something that goes nowhere. */
export async function checkSigner(signer: Signer): Promise<Check> {
  await signer.sign(Buffer.from('the doctor asks whether this key signs'));
  const where = signer.keyId ?? 'a key of this machine';
  return {
    name: 'Signing key',
    status: 'good',
    text: `${where} signs; its fingerprint is ${signer.fingerprint}.`,
  };
}
