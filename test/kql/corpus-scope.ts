/**
 * Which of the documentation's examples are counted apart, because the engine does without what they show.
 * They must not be answered wrongly either; they only do not count towards the share that must be right.
 */
const APART: readonly { readonly what: string; readonly uses: RegExp }[] = [
  { what: 'geography', uses: /\bgeo_\w+\s*\(/ },
  {
    what: 'series decomposition',
    uses: /\bseries_(decompose\w*|seasonal|periods_\w+|outliers|fit_2lines\w*)\s*\(/,
  },
  { what: 'graphs', uses: /\|\s*(make-graph|graph-[a-z-]+)/ },
  {
    what: 'plugins, other than those of whose answers the engine knows the columns',
    uses: /\bevaluate\s+(?!(bag_unpack|ipv4_lookup|narrow|pivot)\b)/,
  },
];

/** What an example is counted apart for, or undefined when it must be right. */
export function apartFor(kql: string): string | undefined {
  const code = kql.replace(/\/\/[^\n]*/g, '');
  return APART.find(({ uses }) => uses.test(code))?.what;
}
