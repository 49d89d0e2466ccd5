/** The aggregates that can fill the cells of a `pivot`, and what each is called with a condition. */
export const PIVOT_AGGREGATES: Readonly<Record<string, string>> = {
  avg: 'avgif',
  count: 'countif',
  dcount: 'dcountif',
  make_bag: 'make_bag_if',
  make_list: 'make_list_if',
  make_set: 'make_set_if',
  max: 'maxif',
  min: 'minif',
  stdev: 'stdevif',
  sum: 'sumif',
  take_any: 'take_anyif',
  variance: 'varianceif',
};
