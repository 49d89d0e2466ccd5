/** Larger JSON than this is not ours; in bytes. */
const LARGEST = 16 * 1024 * 1024;

/** The text that bytes are in UTF-8, a byte order mark included; undefined when they are none. Never throws. */
export function textOf(bytes: Uint8Array): string | undefined {
  if (bytes.length > LARGEST) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** The value of JSON text in UTF-8, or undefined when the bytes are anything else. Never throws. */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(textOf(bytes) ?? '') as unknown;
  } catch {
    return undefined;
  }
}

/** Whether JSON text, as `stableJson` writes it, holds half of a character of two UTF-16 units: not all programs can read it. */
export function hasHalfCharacter(json: string): boolean {
  return /(^|[^\\])(\\\\)*\\ud[89a-f]/.test(json);
}
