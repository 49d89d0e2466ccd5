import { NUMBERS, WHOLE } from './argument-types';
import {
  argAt,
  constantInteger,
  constantText,
  expectType,
  unary,
  type Arg,
  type CallSite,
  type FunctionRule,
  type FunctionRules,
} from './sql-function';
import { refuseAtRunTime } from './sql-text';

const UNITS = ['Bytes', 'KB', 'MB', 'GB', 'TB', 'PB', 'EB'];

/** Mathematics, bits, and numbers as people read them. */
export const MATH_RULES: FunctionRules = {
  ceiling: unary(NUMBERS, (x) => `ceil(CAST(${x} AS DOUBLE))`),
  exp: unary(NUMBERS, (x) => `exp(CAST(${x} AS DOUBLE))`),
  exp2: unary(NUMBERS, (x) => `pow(2.0, ${x})`),
  exp10: unary(NUMBERS, (x) => `pow(10.0, ${x})`),
  log: ofPositive('ln'),
  log2: ofPositive('log2'),
  log10: ofPositive('log10'),
  loggamma: ofPositive('lgamma'),
  gamma: ofPositive('gamma'),
  pow: {
    args: [2, 2],
    sql: (args, call) => {
      const [base, exponent] = args.map((arg) => expectType(arg, NUMBERS, call));
      return `pow(CAST(${base ?? ''} AS DOUBLE), CAST(${exponent ?? ''} AS DOUBLE))`;
    },
  },
  pi: { args: [0, 0], sql: () => 'pi()' },
  sin: unary(NUMBERS, (x) => `sin(${x})`),
  cos: unary(NUMBERS, (x) => `cos(${x})`),
  tan: unary(NUMBERS, (x) => `tan(${x})`),
  cot: unary(NUMBERS, (x) => `cot(${x})`),
  asin: unary(NUMBERS, (x) => `asin(${x})`),
  acos: unary(NUMBERS, (x) => `acos(${x})`),
  atan: unary(NUMBERS, (x) => `atan(${x})`),
  atan2: {
    args: [2, 2],
    sql: (args, call) => `atan2(${args.map((arg) => expectType(arg, NUMBERS, call)).join(', ')})`,
  },
  degrees: unary(NUMBERS, (x) => `degrees(${x})`),
  radians: unary(NUMBERS, (x) => `radians(${x})`),
  bin_at: { args: [3, 3], repeats: true, sql: binAt },
  around: { args: [3, 3], repeats: true, sql: around },
  binary_and: bits((a, b) => `(${a} & ${b})`),
  binary_or: bits((a, b) => `(${a} | ${b})`),
  binary_xor: bits((a, b) => `xor(${a}, ${b})`),
  binary_not: unary(WHOLE, (x) => `(~ CAST(${x} AS BIGINT))`),
  binary_shift_left: shift(
    (x, count) => `((${x} & ((1::BIGINT << (63 - ${count})) - 1)) << ${count})`,
  ),
  binary_shift_right: shift((x, count) => `(${x} >> ${count})`),
  bitset_count_ones: unary(WHOLE, (x) => `CAST(bit_count(CAST(${x} AS BIGINT)) AS BIGINT)`),
  tohex: { args: [1, 2], repeats: true, sql: toHex },
  format_bytes: { args: [1, 3], repeats: true, sql: formatBytes },
};

/** What these functions are of zero and below is not known here. */
function ofPositive(name: string): FunctionRule {
  return {
    args: [1, 1],
    repeats: true,
    sql: (args, call) => {
      const x = expectType(argAt(args, 0), NUMBERS, call);
      const refusal = refuseAtRunTime(`'${call.name}' of zero or less`);
      return `CASE WHEN ${x} > 0 THEN ${name}(CAST(${x} AS DOUBLE)) WHEN ${x} IS NOT NULL THEN ${refusal} END`;
    },
  };
}

function bits(sql: (a: string, b: string) => string): FunctionRule {
  return {
    args: [2, 2],
    sql: (args, call) => {
      const [a, b] = args.map((arg) => `CAST(${expectType(arg, WHOLE, call)} AS BIGINT)`);
      return sql(a ?? '', b ?? '');
    },
  };
}

/** Of numbers and places where nothing can fall off either end. */
function shift(sql: (x: string, count: string) => string): FunctionRule {
  return {
    args: [2, 2],
    repeats: true,
    sql: (args, call) => {
      const [x, count] = args.map((arg) => `CAST(${expectType(arg, WHOLE, call)} AS BIGINT)`) as [
        string,
        string,
      ];
      const refusal = refuseAtRunTime(`'${call.name}' of a negative number or by such a count`);
      const fits =
        call.name === 'binary_shift_left' ? ` AND ${x} >> greatest(62 - ${count}, 0) < 2` : '';
      return `CASE WHEN ${x} >= 0 AND ${count} BETWEEN 0 AND 62${fits} THEN ${sql(x, count)} WHEN ${x} IS NOT NULL AND ${count} IS NOT NULL THEN ${refusal} END`;
    },
  };
}

/** Rounds down to a multiple of a size, counted from a given point. */
function binAt(args: readonly Arg[], call: CallSite): string {
  const [value, size, point] = [argAt(args, 0), argAt(args, 1), argAt(args, 2)];
  const positive = (sql: string): string => `CASE WHEN ${size.sql} > 0 THEN ${sql} END`;
  if (value.type === 'datetime' || value.type === 'timespan') {
    expectType(size, ['timespan'], call);
    expectType(point, [value.type], call);
    const offset = `(${value.sql} - ${point.sql})`;
    const rest = `((${offset} % ${size.sql} + ${size.sql}) % ${size.sql})`;
    return positive(`${value.sql} - ${rest}`);
  }
  const [x, step, from] = [value, size, point].map(
    (arg) => `CAST(${expectType(arg, NUMBERS, call)} AS DOUBLE)`,
  ) as [string, string, string];
  if (call.type !== 'real') throw call.refuse(`'bin_at' of whole numbers`);
  return positive(`${from} + floor((${x} - ${from}) / ${step}) * ${step}`);
}

function around(args: readonly Arg[], call: CallSite): string {
  const [value, center, delta] = [argAt(args, 0), argAt(args, 1), argAt(args, 2)];
  const isTime = value.type === 'datetime' || value.type === 'timespan';
  expectType(value, ['datetime', 'timespan', 'int', 'long'], call);
  expectType(center, isTime ? [value.type] : WHOLE, call);
  expectType(delta, isTime ? ['timespan'] : WHOLE, call);
  return `(abs(${value.sql} - ${center.sql}) <= ${delta.sql})`;
}

/** Two's complement, of 32 bits for an int. */
function toHex(args: readonly Arg[], call: CallSite): string {
  const value = argAt(args, 0);
  const x = `CAST(${expectType(value, WHOLE, call)} AS BIGINT)`;
  const digits = `lower(to_hex(${value.type === 'int' ? `(${x} & 4294967295)` : x}))`;
  if (args[1] === undefined) return digits;
  const width = constantInteger(args, 1, call);
  if (width < 0 || width > 1000) throw call.refuse(`'tohex' of this length`);
  return `lpad(${digits}, CAST(greatest(${width}, length(${digits})) AS INTEGER), '0')`;
}

/** `10.1 KB`: in the largest unit that leaves at least one, or in a given unit. */
function formatBytes(args: readonly Arg[], call: CallSite): string {
  const x = expectType(argAt(args, 0), WHOLE, call);
  const digits = args[1] === undefined ? 0 : constantInteger(args, 1, call);
  const given = args[2] === undefined ? undefined : constantText(args, 2, call);
  if (digits < 0 || digits > 6 || (given !== undefined && !UNITS.includes(given))) {
    throw call.refuse(`'format_bytes' of this form`);
  }
  const units = given === undefined ? UNITS : [given];
  const refusal = refuseAtRunTime(`'format_bytes' of a number that may be rounded in several ways`);
  const cases = units.map((unit) => {
    const exponent = UNITS.indexOf(unit);
    const size = 1024n ** BigInt(exponent);
    const text = `printf('%.${exponent === 0 ? 0 : digits}f', CAST(${x} AS DOUBLE) / ${size})`;
    const isLast = unit === units.at(-1);
    const range = isLast ? 'true' : `${x} < ${1024n ** BigInt(exponent + 1)}`;
    // Whether Kusto writes 10.0 KB or 10 KB is not known here, nor which way it rounds 2.5, nor 1024 KB or 1 MB.
    const halves = `CAST(${x} AS HUGEINT) * ${2n * 10n ** BigInt(digits)}`;
    const isHalf = `(${halves}) % ${size} = 0 AND (${halves}) // ${size} % 4 = 1`;
    const isNext = isLast ? 'false' : `starts_with(${text}, '1024')`;
    const endsInZero = digits === 0 ? 'false' : `ends_with(${text}, '0')`;
    const ambiguous = exponent === 0 ? 'false' : `${endsInZero} OR ${isHalf} OR ${isNext}`;
    return `WHEN ${range} THEN CASE WHEN ${ambiguous} THEN ${refusal} ELSE ${text} || ' ${unit}' END`;
  });
  return `CASE WHEN ${x} IS NULL THEN '' WHEN ${x} < 0 THEN ${refuseAtRunTime(`'format_bytes' of a negative number`)} ${cases.join(' ')} END`;
}
