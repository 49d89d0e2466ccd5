/** The aggregates of `summarize` that are known to be translated right, and what each one takes. */

/** What is known of an aggregate function. */
export interface AggregateRule {
  readonly arguments: number;
  /** The plain aggregate that this one is with a condition as its last needed argument. */
  readonly conditional?: string;
  /** A constant after the arguments: a percentile's rank, a list's greatest length. */
  readonly parameter?: 'needed' | 'optional';
  /** Constants after the arguments, one or more, or one dynamic list of them: percentiles' ranks. */
  readonly ranks?: true;
}

/** The aggregates that give one value, by Kusto's name. */
export const AGGREGATES: Readonly<Record<string, AggregateRule>> = {
  count: { arguments: 0 },
  countif: { arguments: 1, conditional: 'count' },
  count_distinct: { arguments: 1 },
  count_distinctif: { arguments: 2, conditional: 'count_distinct' },
  dcount: { arguments: 1, parameter: 'optional' },
  dcountif: { arguments: 2, conditional: 'dcount', parameter: 'optional' },
  sum: { arguments: 1 },
  sumif: { arguments: 2, conditional: 'sum' },
  min: { arguments: 1 },
  minif: { arguments: 2, conditional: 'min' },
  max: { arguments: 1 },
  maxif: { arguments: 2, conditional: 'max' },
  avg: { arguments: 1 },
  avgif: { arguments: 2, conditional: 'avg' },
  stdev: { arguments: 1 },
  stdevif: { arguments: 2, conditional: 'stdev' },
  stdevp: { arguments: 1 },
  variance: { arguments: 1 },
  varianceif: { arguments: 2, conditional: 'variance' },
  variancep: { arguments: 1 },
  variancepif: { arguments: 2, conditional: 'variancep' },
  covariance: { arguments: 2 },
  covarianceif: { arguments: 3, conditional: 'covariance' },
  covariancep: { arguments: 2 },
  covariancepif: { arguments: 3, conditional: 'covariancep' },
  binary_all_and: { arguments: 1 },
  binary_all_or: { arguments: 1 },
  binary_all_xor: { arguments: 1 },
  percentile: { arguments: 1, parameter: 'needed' },
  percentilew: { arguments: 2, parameter: 'needed' },
  percentiles_array: { arguments: 1, ranks: true },
  percentilesw_array: { arguments: 2, ranks: true },
  make_list: { arguments: 1, parameter: 'optional' },
  make_list_if: { arguments: 2, conditional: 'make_list', parameter: 'optional' },
  make_list_with_nulls: { arguments: 1 },
  make_set: { arguments: 1, parameter: 'optional' },
  make_set_if: { arguments: 2, conditional: 'make_set', parameter: 'optional' },
  make_bag: { arguments: 1 },
  make_bag_if: { arguments: 2, conditional: 'make_bag' },
};

/** The aggregates that may give several columns, and so cannot stand inside an expression. */
export const SEVERAL_COLUMNS: readonly string[] = [
  'arg_max',
  'arg_min',
  'take_any',
  'take_anyif',
  'percentiles',
  'percentilesw',
];

/** Older names of the same aggregates. */
export const AGGREGATE_ALIASES: Readonly<Record<string, string>> = {
  any: 'take_any',
  anyif: 'take_anyif',
  makelist: 'make_list',
  makeset: 'make_set',
  argmax: 'arg_max',
  argmin: 'arg_min',
};

/** Aggregates of which Kusto does not say which of several right answers it gives. */
const ANY_ANSWER: readonly string[] = [
  'dcount',
  'dcountif',
  'percentile',
  'percentilew',
  'percentiles_array',
  'percentilesw_array',
  'make_bag',
  'make_bag_if',
  ...SEVERAL_COLUMNS,
];

/** Whether the real engine may answer otherwise, rightly. */
export function hasAnyAnswer(name: string): boolean {
  return ANY_ANSWER.includes(name);
}
