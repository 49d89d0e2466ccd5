import type { Content, Pieces } from './pieces';

/**
 * A write-once store of files. There is no update and no delete: the type says so.
 * Paths are relative, `/`-separated, and their segments match `[A-Za-z0-9._=-]+`.
 */
export interface Archive {
  /** For people: a folder or a container's address; never a secret. */
  readonly location: string;
  /**
   * Creates a file whole or not at all. `exists` when there is one of that name already, whatever its
   * bytes: the caller compares where it matters, because it may be its own earlier write.
   */
  create(path: string, content: Content): Promise<'created' | 'exists'>;
  /** The file's bytes, or undefined when there is none. */
  read(path: string): Promise<Uint8Array | undefined>;
  /** The same for a file that may be too large for memory. */
  open(path: string): Promise<Pieces | undefined>;
  /** The SHA-256 of the file’s bytes, for a store that can tell it without keeping them anywhere. */
  digest?(path: string): Promise<string | undefined>;
  /** All files whose path begins with the prefix, in code-unit order of their paths. */
  list(prefix: string): AsyncIterable<ArchiveFile>;
}

export interface ArchiveFile {
  readonly path: string;
  /** In bytes. */
  readonly size: number;
}

/**
 * Deletes a file of an archive for good; one that is not there is no trouble. Only destruction under
 * retention has this, beside the archive and not in it.
 */
export interface EraseFile {
  (path: string): Promise<void>;
  /** Where files have earlier versions: the paths below a prefix of which any version is there. */
  readonly remains?: (prefix: string) => Promise<readonly string[]>;
}

/** Signs with one ECDSA P-256 key. */
export interface Signer {
  /** SHA-256, lower-case hex, of the public key's DER (SubjectPublicKeyInfo). */
  readonly fingerprint: string;
  /** The public key as SPKI PEM. */
  readonly publicKeyPem: string;
  /** Where the private key is kept, when that is not this machine: a Key Vault key's identifier. */
  readonly keyId?: string;
  /** A DER-encoded ECDSA signature over the bytes' SHA-256 (ES256). */
  sign(bytes: Uint8Array): Promise<Uint8Array>;
}

/** An authority outside that says when it saw some bytes. */
export interface TimeAuthority {
  /** For people; never a secret. */
  readonly location: string;
  /** Asks for a time stamp of the bytes' SHA-256. Trouble is a refusal, never a throw. */
  stamp(content: Uint8Array): Promise<StampResult>;
}

export type StampResult =
  /** The response as received: a TimeStampResp of RFC 3161 in DER. */
  | { readonly status: 'stamped'; readonly response: Uint8Array }
  /** A sentence: why there is none yet. */
  | { readonly status: 'refused'; readonly reason: string };
