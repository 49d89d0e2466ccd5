import { gunzipSync, inflateSync } from 'node:zlib';
import { nativeRefusal } from './native-refusal';

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
/** A zipped text that unpacks to more is not read. */
const MOST_UNZIPPED_BYTES = 1 << 20;

/** The text of base64, or '' when it is no base64 of UTF-8. */
export function base64Text(text: string): string {
  const bytes = decodeKnown(text);
  return bytes === undefined ? '' : (utf8(bytes) ?? '');
}

/** The bytes of base64 as a JSON array of numbers, or null when it is no base64 of UTF-8. */
export function base64Bytes(text: string): string | null {
  const bytes = decodeKnown(text);
  return bytes === undefined || utf8(bytes) === undefined ? null : JSON.stringify([...bytes]);
}

/** Whether Kusto reads base64 with blanks, in the spelling of URLs or without its padding is not known. */
function decodeKnown(text: string): Buffer | undefined {
  const bytes = decode(text);
  if (bytes !== undefined) return bytes;
  const plain = text.replace(/[\s=]/g, '').replaceAll('-', '+').replaceAll('_', '/');
  const isLoose = /^[A-Za-z0-9+/]+$/.test(plain) && plain.length % 4 !== 1;
  if (isLoose && utf8(Buffer.from(plain, 'base64')) !== undefined) {
    throw nativeRefusal('decoding base64 with blanks, or without its padding,');
  }
  return undefined;
}

/** The text in base64 of `gzip` or `zlib` data, or '' when it is none. */
export function unzip(text: string, format: string): string {
  const bytes = decode(text);
  if (bytes === undefined) return '';
  try {
    const limit = { maxOutputLength: MOST_UNZIPPED_BYTES };
    return utf8(format === 'gzip' ? gunzipSync(bytes, limit) : inflateSync(bytes, limit)) ?? '';
  } catch (error) {
    if (error instanceof RangeError) throw error;
    return '';
  }
}

function decode(text: string): Buffer | undefined {
  return BASE64.test(text) ? Buffer.from(text, 'base64') : undefined;
}

function utf8(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
