/** Rules of the series functions: SQL that calls what native-series.ts and native-series-shape.ts compute. */
import { NUMBERS } from './argument-types';
import { SERIES_FUNCTIONS } from './native-series';
import {
  argAt,
  expectType,
  type Arg,
  type CallSite,
  type FunctionRule,
  type FunctionRules,
} from './sql-function';
import { sqlText, toJsonSql } from './sql-text';

/** The functions of two arrays of which one may be a number. */
const TAKE_NUMBER: readonly string[] = ['series_multiply', 'series_dot_product'];

const GIVE_REAL: readonly string[] = [
  'series_sum',
  'series_product',
  'series_magnitude',
  'series_dot_product',
  'series_pearson_correlation',
  'series_cosine_similarity',
];

const TAKE_ONE: readonly string[] = [
  'series_abs',
  'series_ceiling',
  'series_floor',
  'series_sign',
  'series_exp',
  'series_log',
  'series_sin',
  'series_cos',
  'series_tan',
  'series_asin',
  'series_acos',
  'series_atan',
  'series_sum',
  'series_product',
  'series_magnitude',
];

/** Rules of the `series_…` functions, by name. */
export const SERIES_FUNCTION_RULES: FunctionRules = {
  ...Object.fromEntries(Object.keys(SERIES_FUNCTIONS).map((name) => [name, plainRule(name)])),
  series_fill_forward: fill((args, call) => native(call, [series(argAt(args, 0), call)])),
  series_fill_backward: fill((args, call) => native(call, [series(argAt(args, 0), call)])),
  series_fill_const: {
    args: [2, 3],
    sql: (args, call) => {
      expectNoPlaceholder(args[2], call);
      return native(call, [series(argAt(args, 0), call), constantNumber(argAt(args, 1), call)]);
    },
  },
  series_fill_linear: { args: [1, 4], sql: fillLinear },
  series_fir: {
    args: [2, 4],
    sql: (args, call) =>
      native(call, [
        series(argAt(args, 0), call),
        series(argAt(args, 1), call),
        sqlText(constantBool(args[2], 'default', call)),
        sqlText(constantBool(args[3], 'false', call)),
      ]),
  },
  series_iir: {
    args: [3, 3],
    sql: (args, call) =>
      native(
        call,
        args.map((arg) => series(arg, call)),
      ),
  },
  series_stats_dynamic: {
    args: [1, 1],
    sql: (args, call) => `kql_series_stats(${series(argAt(args, 0), call)})`,
  },
  series_fit_line_dynamic: {
    args: [1, 1],
    sql: (args, call) => `kql_series_fit_line(${series(argAt(args, 0), call)})`,
  },
};

function native(call: CallSite, args: readonly string[]): string {
  return `kql_${call.name}(${args.join(', ')})`;
}

function plainRule(name: string): FunctionRule {
  const count = TAKE_ONE.includes(name) ? 1 : 2;
  return {
    args: [count, count],
    sql: (args, call) => {
      const result = native(
        call,
        args.map((arg) =>
          TAKE_NUMBER.includes(name) && NUMBERS.includes(arg.type)
            ? `CAST(${toJsonSql(arg)} AS VARCHAR)`
            : series(arg, call),
        ),
      );
      return GIVE_REAL.includes(name) ? `CAST(${result} AS DOUBLE)` : result;
    },
  };
}

/** Filling with the neighbours, whose second argument may only say that null is what is missing. */
function fill(sql: (args: readonly Arg[], call: CallSite) => string): FunctionRule {
  return {
    args: [1, 2],
    sql: (args, call) => {
      expectNoPlaceholder(args[1], call);
      return sql(args, call);
    },
  };
}

function fillLinear(args: readonly Arg[], call: CallSite): string {
  expectNoPlaceholder(args[1], call);
  const edges = constantBool(args[2], 'true', call);
  const constant = args[3] === undefined ? sqlText('0.0') : constantNumber(args[3], call);
  return native(call, [series(argAt(args, 0), call), sqlText(edges), constant]);
}

function series(arg: Arg, call: CallSite): string {
  return expectType(arg, ['dynamic'], call);
}

function expectNoPlaceholder(arg: Arg | undefined, call: CallSite): void {
  if (arg !== undefined && arg.literal?.value !== null) {
    throw call.refuse(`'${call.name}' with a placeholder other than null`);
  }
}

/** A constant number as the text that it has in an array. */
function constantNumber(arg: Arg, call: CallSite): string {
  if (!NUMBERS.includes(arg.type) || arg.literal === undefined || arg.literal.value === null) {
    throw call.refuse(`'${call.name}' with a constant that is no number`);
  }
  return `CAST(${toJsonSql(arg)} AS VARCHAR)`;
}

function constantBool(arg: Arg | undefined, standard: string, call: CallSite): string {
  if (arg === undefined) return standard;
  const value = arg.literal?.value;
  if (typeof value === 'boolean') return String(value);
  throw call.refuse(`'${call.name}' with an option that is not constant`);
}
