/** An object that is PDF text already. */
export class RawText {
  constructor(private readonly text: string) {}

  toString(): string {
    return this.text;
  }
}

/** A PDF object as text, in Latin-1: what pdfkit’s own serialiser would write, without its white space. */
export function objectText(value: unknown): string {
  if (typeof value === 'string') return `/${value}`;
  if (typeof value === 'number') return numberText(value);
  if (value instanceof String) return stringText(value.valueOf());
  if (value instanceof Date) return `(${dateText(value)})`;
  if (value instanceof Uint8Array) return `<${Buffer.from(value).toString('hex')}>`;
  if (Array.isArray(value)) return `[${value.map(objectText).join(' ')}]`;
  if (isPlainObject(value)) {
    const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
    return `<<${entries.map(([key, inner]) => `/${key} ${objectText(inner)}`).join('')}>>`;
  }
  // References, name trees and RawText know how to write themselves.
  return String(value);
}

/** A text string: ASCII as it is, anything else in UTF-16. */
export function stringText(text: string): string {
  // eslint-disable-next-line no-control-regex -- all of ASCII
  if (/^[\u0000-\u007F]*$/.test(text)) return `(${escapeString(text)})`;
  return `<FEFF${Buffer.from(text, 'utf16le').swap16().toString('hex').toUpperCase()}>`;
}

/** Bytes, as Latin-1 text, made fit to stand between the parentheses of a string. */
export function escapeString(bytes: string): string {
  return bytes
    .replace(/[\\()]/g, '\\$&')
    .replace(/\r/g, '\\r')
    .replace(/\n/g, '\\n');
}

/** A number with at most `decimals` digits after the point, never in exponential form. */
export function numberText(value: number, decimals = 5): string {
  const factor = 10 ** decimals;
  const text = String(Math.round(value * factor) / factor);
  return text.includes('e') ? '0' : text;
}

function dateText(date: Date): string {
  return `D:${date.toISOString().slice(0, 19).replace(/[-:T]/g, '')}Z`;
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (value === null || typeof value !== 'object') return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
