import type { Seal } from './bundle';
import type { Manifest } from './manifest';

/** A sealed entry of a stream. */
export interface ChainEntry {
  readonly sequence: number;
  /** The digest that is the chain’s head while this entry is its newest. */
  readonly manifestSha256: string;
  readonly manifest: Manifest;
}

/** A chain entry as far as it could be read. */
export interface WalkedEntry {
  readonly sequence: number;
  /** Undefined when the entry itself could not be read. */
  readonly seal?: Seal;
  /** Undefined when it is missing, altered or malformed. */
  readonly manifest?: Manifest;
  readonly manifestContent?: Uint8Array;
}
