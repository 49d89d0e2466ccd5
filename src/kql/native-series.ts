/** The series functions, called from SQL with JSON texts: element by element, sums, gaps and filters. */
import { nativeRefusal } from './native-refusal';
import { numberText, readNumbers, readSeries, writeSeries, type Series } from './series';

/** All functions here take the JSON texts of one or two arrays. */
type Native = (first: string, second: string) => string | null;

function seriesOf(name: string, json: string): Series {
  const series = readSeries(json);
  if (series === undefined) throw nativeRefusal(`'${name}' of what is no array of numbers`);
  return series;
}

function numbersOf(name: string, json: string): readonly number[] {
  const numbers = readNumbers(json);
  if (numbers === undefined) throw nativeRefusal(`'${name}' of an array with missing numbers`);
  return numbers;
}

function written(
  name: string,
  values: readonly (number | boolean | null)[],
  whole: boolean,
): string {
  const text = writeSeries(values, whole);
  if (text === undefined) {
    throw nativeRefusal(`'${name}' with a result that is infinite, NaN or too large`);
  }
  return text;
}

function realText(name: string, value: number): string {
  const text = numberText(value, false);
  if (text === undefined) throw nativeRefusal(`'${name}' with a result that is infinite or NaN`);
  return text;
}

/** Two arrays element by element; an element that is missing in one of them is null. */
function pairwise(
  name: string,
  combine: (a: number, b: number) => number | boolean,
  staysWhole = false,
): Native {
  return (first, second) => {
    const [a, b] = [seriesOf(name, first), seriesOf(name, second)];
    const length = Math.max(a.values.length, b.values.length);
    const values = Array.from({ length }, (_, i) => {
      const [x, y] = [a.values[i] ?? null, b.values[i] ?? null];
      return x === null || y === null ? null : combine(x, y);
    });
    return written(name, values, staysWhole && a.whole && b.whole);
  };
}

/** One array element by element. What kind of number results is only known for some kinds of array. */
function each(
  name: string,
  change: (value: number) => number,
  kind: 'real to real' | 'whole to whole' | 'any to real',
): Native {
  return (json) => {
    const { values, whole } = seriesOf(name, json);
    if (kind !== 'any to real' && whole !== (kind === 'whole to whole')) {
      throw nativeRefusal(`'${name}' of an array of ${whole ? 'whole numbers' : 'reals'}`);
    }
    return written(
      name,
      values.map((value) => (value === null ? null : change(value))),
      kind === 'whole to whole',
    );
  };
}

/** One array to one real. */
function reduce(name: string, total: (values: readonly number[]) => number): Native {
  return (json) => {
    const values = numbersOf(name, json);
    if (values.length === 0) throw nativeRefusal(`'${name}' of an empty array`);
    return realText(name, total(values));
  };
}

/** Two arrays of the same length to one real. */
function reduceTwo(
  name: string,
  total: (a: readonly number[], b: readonly number[]) => number,
): Native {
  return (first, second) => {
    const [a, b] = [numbersOf(name, first), numbersOf(name, second)];
    if (a.length !== b.length || a.length === 0) {
      throw nativeRefusal(`'${name}' of arrays of different lengths, or of empty ones`);
    }
    return realText(name, total(a, b));
  };
}

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);
const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((all, value, i) => all + value * (b[i] ?? 0), 0);
const less = (values: readonly number[], mean: number): readonly number[] =>
  values.map((value) => value - mean);
const mean = (values: readonly number[]): number => sum(values) / values.length;

function correlation(a: readonly number[], b: readonly number[]): number {
  const [x, y] = [less(a, mean(a)), less(b, mean(b))];
  return dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y));
}

/** Lets a number in the place of one of two arrays stand for an array of it. */
function withNumber(name: string, combine: Native): Native {
  return (first, second) => {
    const isArray = (json: string): boolean => json.trimStart().startsWith('[');
    if (isArray(first) && isArray(second)) return combine(first, second);
    const [array, number] = isArray(first) ? [first, second] : [second, first];
    const { length } = seriesOf(name, array).values;
    if (Number.isNaN(Number(number)))
      throw nativeRefusal(`'${name}' of what is no array of numbers`);
    const repeated = `[${Array.from({ length }, () => number).join(',')}]`;
    return isArray(first) ? combine(first, repeated) : combine(repeated, second);
  };
}

/** By the name of the function in KQL. */
export const SERIES_FUNCTIONS: Readonly<Record<string, Native>> = {
  series_add: pairwise('series_add', (a, b) => a + b, true),
  series_subtract: pairwise('series_subtract', (a, b) => a - b, true),
  series_multiply: withNumber(
    'series_multiply',
    pairwise('series_multiply', (a, b) => a * b, true),
  ),
  series_divide: pairwise('series_divide', (a, b) => a / b),
  series_pow: pairwise('series_pow', (a, b) => a ** b),
  series_equals: pairwise('series_equals', (a, b) => a === b),
  series_not_equals: pairwise('series_not_equals', (a, b) => a !== b),
  series_less: pairwise('series_less', (a, b) => a < b),
  series_less_equals: pairwise('series_less_equals', (a, b) => a <= b),
  series_greater: pairwise('series_greater', (a, b) => a > b),
  series_greater_equals: pairwise('series_greater_equals', (a, b) => a >= b),
  series_abs: each('series_abs', Math.abs, 'real to real'),
  series_ceiling: each('series_ceiling', Math.ceil, 'real to real'),
  series_floor: each('series_floor', Math.floor, 'real to real'),
  series_sign: each('series_sign', Math.sign, 'whole to whole'),
  series_exp: each('series_exp', Math.exp, 'any to real'),
  series_log: each('series_log', Math.log, 'any to real'),
  series_sin: each('series_sin', Math.sin, 'any to real'),
  series_cos: each('series_cos', Math.cos, 'any to real'),
  series_tan: each('series_tan', Math.tan, 'any to real'),
  series_asin: each('series_asin', Math.asin, 'any to real'),
  series_acos: each('series_acos', Math.acos, 'any to real'),
  series_atan: each('series_atan', Math.atan, 'any to real'),
  series_sum: reduce('series_sum', sum),
  series_product: reduce('series_product', (values) => values.reduce((all, x) => all * x, 1)),
  series_magnitude: reduce('series_magnitude', (values) => Math.sqrt(dot(values, values))),
  series_dot_product: withNumber('series_dot_product', reduceTwo('series_dot_product', dot)),
  series_pearson_correlation: reduceTwo('series_pearson_correlation', correlation),
  series_cosine_similarity: reduceTwo(
    'series_cosine_similarity',
    (a, b) => dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b)),
  ),
};
