const HEX16: readonly string[] = Array.from({ length: 65_536 }, (_, i) =>
  i.toString(16).padStart(4, '0'),
);

/**
 * A stream of pseudo-random numbers that depends on nothing but its keys (Chris Doty-Humphrey's sfc32,
 * 128 bits of state). Streams of different keys are independent; none is fit for secrets.
 */
export class Random {
  private a: number;
  private b: number;
  private c: number;
  private counter = 1;

  constructor(...keys: readonly (string | number)[]) {
    const text = keys.join('\u0000');
    this.a = fnv1a(text, 0x811c9dc5);
    this.b = fnv1a(text, 0x01000193);
    this.c = fnv1a(text, 0x9e3779b9);
    for (let i = 0; i < 12; i++) this.uint32();
  }

  /** An integer in [0, 2^32). */
  uint32(): number {
    const sum = (this.a + this.b + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** A number in [0, 1). */
  fraction(): number {
    return this.uint32() / 4_294_967_296;
  }

  /** An integer in [low, high], both included. */
  between(low: number, high: number): number {
    return low + Math.floor(this.fraction() * (high - low + 1));
  }

  chance(probability: number): boolean {
    return this.fraction() < probability;
  }

  /** One of several. Throws a RangeError when there are none. */
  pick<T>(items: readonly T[]): T {
    if (items.length === 0) throw new RangeError('nothing to pick from');
    return items[this.between(0, items.length - 1)] as T;
  }

  /** The same items in another order. */
  shuffle<T>(items: readonly T[]): T[] {
    const result = [...items];
    for (let i = result.length - 1; i > 0; i--) {
      const j = this.between(0, i);
      [result[i], result[j]] = [result[j] as T, result[i] as T];
    }
    return result;
  }

  /** A random (version 4) GUID in lower case. */
  guid(): string {
    const [p, q, r, s] = [this.uint32(), this.uint32(), this.uint32(), this.uint32()];
    const version = ((q & 0x0fff) | 0x4000) >>> 0;
    const variant = ((r >>> 16) & 0x3fff) | 0x8000;
    return `${hex32(p)}-${hex16(q >>> 16)}-${hex16(version)}-${hex16(variant)}-${hex16(r)}${hex32(s)}`;
  }

  /** A manifest digest: `sha256:` and 64 hexadecimal digits. */
  digest(): string {
    let text = 'sha256:';
    for (let i = 0; i < 8; i++) text += hex32(this.uint32());
    return text;
  }
}

function hex16(value: number): string {
  return HEX16[value & 0xffff] as string;
}

function hex32(value: number): string {
  return hex16(value >>> 16) + hex16(value);
}

function fnv1a(text: string, start: number): number {
  let hash = start;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  return hash | 0;
}
