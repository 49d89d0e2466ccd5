import { ENCODING_RULES } from './functions-encoding';
import { SEARCH_RULES } from './functions-search';
import { ARRAY_RULES } from './functions-array';
import { BAG_RULES } from './functions-bag';
import { SORT_RULES } from './functions-sort';
import { SET_RULES } from './functions-set';
import { DYNAMIC_RULES } from './functions-dynamic';
import { MATH_RULES } from './functions-math';
import { NETWORK_RULES } from './functions-network';
import { TABULAR_RULES } from './functions-tabular';
import { NUMBER_RULES } from './functions-number';
import { OPERATOR_RULES } from './functions-operators';
import { SERIES_FUNCTION_RULES } from './functions-series';
import { STATISTICS_RULES } from './functions-statistics';
import { STRING_RULES } from './functions-string';
import { TIME_RULES } from './functions-time';
import { UNIT_RULES } from './functions-units';
import type { FunctionRule, FunctionRules } from './sql-function';
import { SERIES_RULES } from './sql-series';

/** The functions that a query can call by name. */
const FUNCTIONS: FunctionRules = {
  ...STRING_RULES,
  ...SEARCH_RULES,
  ...ENCODING_RULES,
  ...NUMBER_RULES,
  ...MATH_RULES,
  ...STATISTICS_RULES,
  ...TIME_RULES,
  ...UNIT_RULES,
  ...DYNAMIC_RULES,
  ...ARRAY_RULES,
  ...SORT_RULES,
  ...SET_RULES,
  ...BAG_RULES,
  ...NETWORK_RULES,
  ...SERIES_FUNCTION_RULES,
};

/** Rules that operators use and no query can name. */
const OPERATORS_OWN: FunctionRules = { ...SERIES_RULES, ...TABULAR_RULES };

/** Rules that lowering uses and no query can name; others of them have blanks in their names. */
const INTERNAL = ['member'];

const WORDS_OF_OPERATORS = ['not'];

/** The functions that a query may call; a name with a blank is one that no query can write. */
export function functionNames(): readonly string[] {
  const names = [...Object.keys(FUNCTIONS), ...WORDS_OF_OPERATORS];
  return names.filter((name) => isKnownFunction(name) && !name.includes(' '));
}

/** Whether a query may call this function. */
export function isKnownFunction(name: string): boolean {
  return (
    (Object.hasOwn(FUNCTIONS, name) && !INTERNAL.includes(name) && !name.includes(' ')) ||
    WORDS_OF_OPERATORS.includes(name)
  );
}

/** The rule of a function or operator. */
export function functionRule(name: string): FunctionRule | undefined {
  if (Object.hasOwn(OPERATOR_RULES, name)) return OPERATOR_RULES[name];
  if (Object.hasOwn(OPERATORS_OWN, name)) return OPERATORS_OWN[name];
  return Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
}
