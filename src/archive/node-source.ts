import type { Archive } from '../core/archive';
import { sha256, sha256In } from '../core/digest';
import { parseManifest } from './manifest';
import { isSignedBy, parsePublicKey } from './public-key';
import type { VerifyKey, VerifySource } from './verify-source';

/** An archive as verification reads it, with Node's digests and signatures. */
export function nodeSource(archive: Archive): VerifySource {
  return {
    read: (path) => archive.read(path),
    list: (prefix) => archive.list(prefix),
    sha256,
    sha256In: (path) => sha256In(archive, path),
    parseManifest,
    parseKey,
  };
}

function parseKey(content: Uint8Array): VerifyKey | undefined {
  const key = parsePublicKey(content);
  return (
    key && {
      fingerprint: key.fingerprint,
      isSignedBy: (bytes, signature) => isSignedBy(key, bytes, signature),
    }
  );
}
