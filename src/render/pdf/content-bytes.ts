/** A code of two bytes, each of which may need a backslash. */
const MOST_OF_A_CODE = 4;

/** Longer text is copied by the machine; shorter text faster here. */
const SHORT_TEXT = 32;

/** By byte: what stands for it after a backslash in a string; 0 when it stands for itself. */
const ESCAPES = new Uint8Array(256);
for (const pair of ['((', '))', '\\\\', '\rr', '\nn']) {
  ESCAPES[pair.charCodeAt(0)] = pair.charCodeAt(1);
}
const BACKSLASH = 0x5c;

/**
 * A page’s content as it grows. It is made of thousands of short operators, and pieces of one string would keep the
 * garbage collector busy.
 */
export class ContentBytes {
  private bytes = Buffer.allocUnsafe(65_536);
  private length = 0;

  /** Latin-1 text. */
  text(text: string): void {
    this.makeRoom(text.length);
    const { bytes } = this;
    if (text.length > SHORT_TEXT) this.length += bytes.write(text, this.length, 'latin1');
    else for (let i = 0; i < text.length; i++) bytes[this.length++] = text.charCodeAt(i);
  }

  /** The code of a glyph inside a string, as ISO 32000-1, 7.3.4.2, writes it. */
  code(code: number): void {
    this.makeRoom(MOST_OF_A_CODE);
    this.escaped(code >> 8);
    this.escaped(code & 0xff);
  }

  /** What was written; nothing is left for what comes next. */
  take(): Buffer {
    const taken = Buffer.from(this.bytes.subarray(0, this.length));
    this.length = 0;
    return taken;
  }

  private escaped(byte: number): void {
    const escape = ESCAPES[byte] ?? 0;
    if (escape !== 0) this.bytes[this.length++] = BACKSLASH;
    this.bytes[this.length++] = escape === 0 ? byte : escape;
  }

  private makeRoom(more: number): void {
    if (this.length + more <= this.bytes.length) return;
    const larger = Buffer.allocUnsafe(2 * (this.length + more));
    this.bytes.copy(larger, 0, 0, this.length);
    this.bytes = larger;
  }
}
