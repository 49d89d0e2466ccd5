import { NUMBERS } from './argument-types';
import { expectType, type FunctionRule, type FunctionRules } from './sql-function';

/** Distributions, which are computed outside of SQL. */
export const STATISTICS_RULES: FunctionRules = {
  erf: ofNumbers('erf', 1),
  erfc: ofNumbers('erfc', 1),
  beta_cdf: ofNumbers('beta_cdf', 3),
  beta_pdf: ofNumbers('beta_pdf', 3),
  beta_inv: ofNumbers('beta_inv', 3),
  welch_test: ofNumbers('welch_test', 6),
};

/** A function of so many numbers that gives a real. */
function ofNumbers(name: string, count: number): FunctionRule {
  return {
    args: [count, count],
    sql: (args, call) => {
      const numbers = args.map(
        (arg) => `CAST(CAST(${expectType(arg, NUMBERS, call)} AS DOUBLE) AS VARCHAR)`,
      );
      return `CAST(kql_${name}(${numbers.join(', ')}) AS DOUBLE)`;
    },
  };
}
