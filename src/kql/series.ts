/** Kusto's numeric series: arrays of whole numbers or reals, in which elements may be missing. */

/** A dynamic array read as numbers; what is no number is null, as in Kusto's element-wise functions. */
export interface Series {
  readonly values: readonly (number | null)[];
  /** Whether all its numbers are written as whole ones; such results stay whole. */
  readonly whole: boolean;
  /** Whether an element is neither a number nor JSON's null. */
  readonly mixed: boolean;
}

const ELEMENT = /"(?:[^"\\]|\\.)*"|[^,\s]+/g;
const NUMBER = /^-?\d+(\.\d+)?([eE][-+]?\d+)?$/;

/** Reads the JSON text of a flat array; undefined when it is no array, is nested, or loses digits. */
export function readSeries(json: string): Series | undefined {
  const text = json.trim();
  if (!text.startsWith('[') || !text.endsWith(']')) return undefined;
  const elements = text.slice(1, -1).match(ELEMENT) ?? [];
  const values: (number | null)[] = [];
  let whole = true;
  let mixed = false;
  for (const element of elements) {
    if (/^[[{]/.test(element)) return undefined;
    const isNumber = NUMBER.test(element);
    const value = isNumber ? Number(element) : null;
    if (isNumber && /[.eE]/.test(element)) whole = false;
    else if (value !== null && !Number.isSafeInteger(value)) return undefined;
    mixed ||= !isNumber && element !== 'null';
    values.push(value);
  }
  return { values, whole, mixed };
}

/** The numbers of a series in which nothing is missing, or undefined. */
export function readNumbers(json: string): readonly number[] | undefined {
  const values = readSeries(json)?.values;
  return values?.every((value) => value !== null) === true ? values : undefined;
}

/** JSON text of numbers; reals keep a point. Undefined when one of them cannot be written. */
export function writeSeries(
  values: readonly (number | boolean | null)[],
  whole: boolean,
): string | undefined {
  const texts: string[] = [];
  for (const value of values) {
    const text = typeof value === 'number' ? numberText(value, whole) : String(value);
    if (text === undefined) return undefined;
    texts.push(text);
  }
  return `[${texts.join(',')}]`;
}

/** JSON text of a number: `2` as a whole one, `2.0` as a real; undefined when JSON has none for it. */
export function numberText(value: number, whole: boolean): string | undefined {
  if (whole) return Number.isSafeInteger(value) ? String(value + 0) : undefined;
  if (!Number.isFinite(value)) return undefined;
  const text = String(value + 0);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}
