import type { Archive } from '../core/archive';
import { stableJson } from '../core/digest';
import type { Instant } from '../core/period';

/** One download from the evidence page, or one review that was sent to it. */
export interface Access {
  readonly at: Instant;
  /** The visitor's object id. */
  readonly visitor: string;
  /** As it was asked for: a file of the archive, a pack, or where reviews go. */
  readonly path: string;
  readonly status: number;
  /** Tells apart what happened in the same millisecond. */
  readonly id: string;
}

/** Writes down what somebody took or sent, in the private store: it names a person, and auditors get the archive. */
export async function recordAccess(store: Archive, access: Access): Promise<void> {
  const { at, id } = access;
  const name = `${at.replace(/:/g, '-')}.${id}.json`;
  const path = `access/${at.slice(0, 10)}/${name}`;
  await store.create(path, Buffer.from(stableJson({ schema: 'tallyman/access/1', ...access })));
}
