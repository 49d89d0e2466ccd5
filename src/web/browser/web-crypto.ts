import { bytesOfBase64 } from '../../archive/base64';
import { hexOf } from '../../archive/bundle';
import type { VerifyKey } from '../../archive/verify-source';

// What the verification rules need of a machine, from WebCrypto: https://www.w3.org/TR/webcrypto-2/

const ECDSA = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
/** Bytes of each half of an ES256 signature. */
const HALF = 32;

/** Lower-case hexadecimal SHA-256 of bytes. */
export async function sha256(content: Uint8Array): Promise<string> {
  return hexOf(new Uint8Array(await crypto.subtle.digest('SHA-256', own(content))));
}

/**
 * The key of a file, or undefined unless the file is, byte for byte, a P-256 public key in PEM as OpenSSL
 * writes it. A key whose point is compressed, which Tallyman never writes, counts as none.
 */
export async function parseKey(content: Uint8Array): Promise<VerifyKey | undefined> {
  const text = new TextDecoder().decode(content);
  const [, body = ''] = /^-----BEGIN PUBLIC KEY-----\n([^-]*)\n-----END/.exec(text) ?? [];
  const base64 = body.replaceAll('\n', '');
  const lines = base64.match(/.{1,64}/g) ?? [];
  const same = `-----BEGIN PUBLIC KEY-----\n${lines.join('\n')}\n-----END PUBLIC KEY-----\n`;
  const der = bytesOfBase64(base64);
  // A decoder replaces what is no text, and a text may begin with a mark that it drops.
  if (der === undefined || text !== same || text.length !== content.length) return undefined;
  try {
    const key = await crypto.subtle.importKey('spki', own(der), ECDSA, true, ['verify']);
    const written = new Uint8Array(await crypto.subtle.exportKey('spki', key));
    if (hexOf(written) !== hexOf(der)) return undefined;
    return {
      fingerprint: await sha256(der),
      isSignedBy: async (bytes, signature): Promise<boolean> => {
        const raw = rawFromDer(signature);
        return raw !== undefined && (await crypto.subtle.verify(ECDSA, key, own(raw), own(bytes)));
      },
    };
  } catch {
    // Not a key on this curve.
    return undefined;
  }
}

/**
 * An ES256 signature as the 64 bytes r‖s that WebCrypto takes, from the DER that OpenSSL writes: a SEQUENCE of two
 * INTEGERs (RFC 3279 §2.2.3). Undefined for anything else, such as another way to write the same numbers.
 */
export function rawFromDer(der: Uint8Array): Uint8Array | undefined {
  const [sequence, length] = der;
  if (sequence !== 0x30 || length !== der.length - 2 || length > 0x7f) return undefined;
  const raw = new Uint8Array(2 * HALF);
  let at = 2;
  for (const end of [HALF, 2 * HALF]) {
    const size = der[at + 1] ?? 0;
    const digits = der.subarray(at + 2, at + 2 + size);
    const [first = 0, second = 0] = digits;
    const isShortest = first !== 0 || digits.length === 1 || second >= 0x80;
    if (der[at] !== 0x02 || size === 0 || digits.length !== size || first >= 0x80 || !isShortest) {
      return undefined;
    }
    const number = first === 0 ? digits.subarray(1) : digits;
    if (number.length > HALF) return undefined;
    raw.set(number, end - number.length);
    at += 2 + size;
  }
  return at === der.length ? raw : undefined;
}

/** Nothing here shares its memory with another thread, which a browser’s types ask for. */
function own(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes as Uint8Array<ArrayBuffer>;
}
