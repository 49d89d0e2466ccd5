/** The series functions that look at neighbouring elements or the whole series: gaps, filters, statistics. */
import { nativeRefusal } from './native-refusal';
import { numberText, readNumbers, readSeries, writeSeries } from './series';

function refuse(name: string, what: string): Error {
  return nativeRefusal(`'${name}' ${what}`);
}

/** The elements as they are written, with null for the missing ones. */
function elementsOf(name: string, json: string): (string | null)[] {
  const series = readSeries(json);
  if (series === undefined || series.mixed) throw refuse(name, 'of what is no array of numbers');
  const texts =
    json
      .trim()
      .slice(1, -1)
      .match(/[^,\s]+/g) ?? [];
  return texts.map((text) => (text === 'null' ? null : text));
}

function numbersOf(name: string, json: string): readonly number[] {
  const numbers = readNumbers(json);
  if (numbers === undefined) throw refuse(name, 'of an array with missing numbers');
  return numbers;
}

function joined(texts: readonly (string | null)[]): string {
  return `[${texts.map((text) => text ?? 'null').join(',')}]`;
}

/** Each missing element becomes the last one before it. */
function carriedForward<T>(elements: readonly (T | null)[]): (T | null)[] {
  let last: T | null = null;
  return elements.map((element) => {
    last = element ?? last;
    return last;
  });
}

/**
 * Gaps between two numbers lie on the line between them; in an array of whole numbers the fraction is
 * cut off. The edges take the nearest number when asked to.
 */
function fillLinear(json: string, edges: string, constant: string): string {
  const name = 'series_fill_linear';
  const texts = elementsOf(name, json);
  const whole = readSeries(json)?.whole === true;
  if (texts.every((text) => text === null)) return joined(texts.map(() => constant));
  const places = texts.map((text, i) => (text === null ? null : i));
  const lastPlaces = carriedForward(places);
  const nextPlaces = carriedForward(places.toReversed()).reverse();
  const filled = texts.map((text, i) => {
    if (text !== null) return text;
    const [before, after] = [lastPlaces[i] ?? null, nextPlaces[i] ?? null];
    if (before === null || after === null) {
      return edges === 'true' ? (texts[before ?? after ?? 0] ?? null) : null;
    }
    const [left, right] = [Number(texts[before]), Number(texts[after])];
    const value = right + ((left - right) / (after - before)) * (after - i);
    if (whole && value < 0 && !Number.isInteger(value)) {
      throw refuse(name, 'between whole numbers below zero');
    }
    return numberText(whole ? Math.trunc(value) : value, whole) ?? null;
  });
  return joined(filled);
}

/** y[i] = Σ filter[j] · x[i − j], and divided by the filter's sum when normalized. */
function fir(json: string, filterJson: string, normalize: string, center: string): string | null {
  const name = 'series_fir';
  const [values, filter] = [numbersOf(name, json), numbersOf(name, filterJson)];
  const negative = filter.some((coefficient) => coefficient < 0);
  const normalized = normalize === 'default' ? !negative : normalize === 'true';
  if (normalized && negative) return null;
  if (center === 'true' && filter.length % 2 === 0)
    throw refuse(name, 'centered, of an even filter');
  const shift = center === 'true' ? (filter.length - 1) / 2 : 0;
  const divisor = normalized ? filter.reduce((all, coefficient) => all + coefficient, 0) : 1;
  const whole =
    !normalized && readSeries(json)?.whole === true && readSeries(filterJson)?.whole === true;
  const result = values.map(
    (_, i) =>
      filter.reduce((all, coefficient, j) => all + coefficient * (values[i + shift - j] ?? 0), 0) /
      divisor,
  );
  const text = writeSeries(result, whole);
  if (text === undefined) throw refuse(name, 'with a result that is infinite or too large');
  return text;
}

/** a[0] · y[i] = Σ b[j] · x[i − j] − Σ a[j] · y[i − j], the second sum from j = 1. */
function iir(json: string, numerators: string, denominators: string): string {
  const name = 'series_iir';
  const [values, b, a] = [json, numerators, denominators].map((text) => numbersOf(name, text)) as [
    readonly number[],
    readonly number[],
    readonly number[],
  ];
  const scale = a[0] ?? 0;
  if (scale === 0) throw refuse(name, 'with a first denominator of 0');
  const result: number[] = [];
  values.forEach((_, i) => {
    const forward = b.reduce((all, coefficient, j) => all + coefficient * (values[i - j] ?? 0), 0);
    const back = a.reduce((all, c, j) => (j === 0 ? all : all + c * (result[i - j] ?? 0)), 0);
    result.push((forward - back) / scale);
  });
  const text = writeSeries(result, false);
  if (text === undefined) throw refuse(name, 'with a result that is infinite');
  return text;
}

function real(name: string, value: number): string {
  const text = numberText(value, false);
  if (text === undefined) throw refuse(name, 'with a result that is infinite or NaN');
  return text;
}

/** Statistics of at least two numbers; the variance is the sample's. */
function stats(json: string): string {
  const name = 'series_stats';
  const values = numbersOf(name, json);
  if (values.length < 2) throw refuse(name, 'of fewer than two numbers');
  const least = values.reduce((a, b) => Math.min(a, b));
  const most = values.reduce((a, b) => Math.max(a, b));
  const sum = values.reduce((a, b) => a + b);
  const mean = sum / values.length;
  const variance = values.reduce((all, x) => all + (x - mean) ** 2, 0) / (values.length - 1);
  const members: readonly (readonly [string, string])[] = [
    ['min', real(name, least)],
    ['min_idx', String(values.indexOf(least))],
    ['max', real(name, most)],
    ['max_idx', String(values.indexOf(most))],
    ['avg', real(name, mean)],
    ['stdev', real(name, Math.sqrt(variance))],
    ['variance', real(name, variance)],
    ['sum', real(name, sum)],
    ['len', String(values.length)],
  ];
  return `{${members.map(([key, value]) => `"${key}":${value}`).join(',')}}`;
}

/** The straight line of least squares through (0, y0), (1, y1), …, of at least three numbers. */
function fitLine(json: string): string {
  const name = 'series_fit_line';
  const values = numbersOf(name, json);
  if (values.length < 3) throw refuse(name, 'of fewer than three numbers');
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((a, b) => a + b) / values.length;
  const spread = values.reduce((all, _, x) => all + (x - middle) ** 2, 0);
  const slope = values.reduce((all, y, x) => all + (x - middle) * (y - mean), 0) / spread;
  const start = mean - slope * middle;
  const line = values.map((_, x) => start + slope * x);
  const total = values.reduce((all, y) => all + (y - mean) ** 2, 0);
  const rest = values.reduce((all, y, x) => all + (y - (line[x] ?? 0)) ** 2, 0);
  if (total === 0) throw refuse(name, 'of numbers that are all the same');
  const members = [
    ['slope', slope],
    ['interception', start],
    ['rsquare', 1 - rest / total],
    ['variance', total / (values.length - 1)],
    ['rvariance', rest / (values.length - 1)],
  ] as const;
  const texts = members.map(([key, value]) => `"${key}":${real(name, value)}`);
  return `{${texts.join(',')},"line_fit":${writeSeries(line, false) ?? 'null'}}`;
}

/** By name; options come as texts of constants. */
export const SHAPE_FUNCTIONS = {
  series_fill_forward: (json: string) =>
    joined(carriedForward(elementsOf('series_fill_forward', json))),
  series_fill_backward: (json: string) =>
    joined(carriedForward(elementsOf('series_fill_backward', json).reverse()).reverse()),
  series_fill_const: (json: string, constant: string) =>
    joined(elementsOf('series_fill_const', json).map((text) => text ?? constant)),
  series_fill_linear: fillLinear,
  series_fir: fir,
  series_iir: iir,
  series_stats: stats,
  series_fit_line: fitLine,
} as const;
