/** Larger JSON than this is not ours; in bytes. */
const LARGEST = 16 * 1024 * 1024;

/** The value of JSON text in UTF-8, or undefined when the bytes are anything else. Never throws. */
export function parseJson(bytes: Uint8Array): unknown {
  if (bytes.length > LARGEST) return undefined;
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
