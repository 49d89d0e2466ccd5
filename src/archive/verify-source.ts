import type { ArchiveFile } from '../core/archive';
import type { Manifest } from './manifest';

type Now<T> = T | Promise<T>;

/** A public key that signatures are checked with. */
export interface VerifyKey {
  /** SHA-256, lower-case hex, of the SubjectPublicKeyInfo in DER. */
  readonly fingerprint: string;
  /** Whether a DER-encoded ES256 signature over the bytes was made with the key’s private half. */
  isSignedBy(bytes: Uint8Array, signature: Uint8Array): Now<boolean>;
}

/**
 * What a chain is read and reckoned with. The rules are the same wherever they run; what this machine has for
 * digests and signatures is not: Node's crypto here, a browser's WebCrypto in `src/web/browser`.
 */
export interface ChainSource {
  /** As of an `Archive`. */
  read(path: string): Promise<Uint8Array | undefined>;
  /** Lower-case hexadecimal SHA-256 of bytes. */
  sha256(content: Uint8Array): Now<string>;
  /** See `parseManifest`: what is wrong, as a string. */
  parseManifest(content: Uint8Array): Manifest | string;
  /** See `parsePublicKey`. */
  parseKey(content: Uint8Array): Now<VerifyKey | undefined>;
}

/** What a whole archive is verified with. */
export interface VerifySource extends ChainSource {
  /** As of an `Archive`. */
  list(prefix: string): AsyncIterable<ArchiveFile>;
  /** Lower-case hexadecimal SHA-256 of a file, however large; undefined when it is not there or can’t be read. */
  sha256In(path: string): Promise<string | undefined>;
}

/** What time stamps say of a stream. */
export interface WitnessSummary {
  /** How many entries have a time stamp over their signature. */
  readonly count: number;
  /** The newest of them, and when the authority saw it. */
  readonly newest?: { readonly sequence: number; readonly time: string };
}

/** Looks at the time stamps of a stream, which no manifest lists. */
export interface WitnessChecker {
  /** False when the path is not where a time stamp is. */
  check(path: string): Promise<boolean>;
  /** What came out so far. */
  readonly summary: WitnessSummary;
}
