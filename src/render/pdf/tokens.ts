/** Sizes in points (1/72 inch), colours as `#rrggbb`. The page's counterpart is templates/views/style.css. */
export interface PageFormat {
  readonly width: number;
  readonly height: number;
}

export const PORTRAIT: PageFormat = { width: 595.28, height: 841.89 };
export const LANDSCAPE: PageFormat = { width: 841.89, height: 595.28 };

/** The footer's is from the page's bottom to the top of its line. */
export const MARGIN = { left: 45, right: 45, top: 45, bottom: 54, footer: 30 } as const;

export type Face = 'regular' | 'bold' | 'italic' | 'mono';

export interface TextStyle {
  readonly face: Face;
  readonly size: number;
  readonly color: string;
  /** Of a line, as a multiple of the size. */
  readonly leading: number;
}

export const COLORS = {
  ink: '#17212b',
  muted: '#55616e',
  line: '#d3dae1',
  dot: '#a9b4be',
  link: '#0b5394',
  sheet: '#f5f7f9',
  paper: '#ffffff',
  bad: '#a61b1b',
  badSheet: '#fdf1f0',
  doubt: '#6a2c91',
  doubtSheet: '#f3eaf8',
  warn: '#8a4b00',
  warnSheet: '#fdf5e8',
  good: '#1c6444',
  goodSheet: '#eff7f2',
  calm: '#2c5a86',
  calmSheet: '#eff4f9',
  quiet: '#c4dcd6',
} as const;

function style(face: Face, size: number, color: string = COLORS.ink, leading = 1.42): TextStyle {
  return { face, size, color, leading };
}

export const TEXT = {
  body: style('regular', 9),
  muted: style('regular', 9, COLORS.muted),
  small: style('regular', 8, COLORS.muted),
  lead: style('bold', 12.5, COLORS.ink, 1.32),
  h1: style('bold', 18, COLORS.ink, 1.25),
  h2: style('bold', 11, COLORS.ink, 1.3),
  chapter: style('bold', 15, COLORS.ink, 1.3),
  h3: style('bold', 10, COLORS.ink, 1.3),
  heading: style('bold', 7.5, COLORS.ink, 1.35),
  cell: style('regular', 7.5, COLORS.ink, 1.38),
  narrowHeading: style('bold', 6.2, COLORS.ink, 1.3),
  narrow: style('regular', 6.2, COLORS.ink, 1.34),
  value: style('regular', 8, COLORS.ink, 1.35),
  badge: style('bold', 7, COLORS.calm, 1.5),
  code: style('mono', 6.4, COLORS.ink, 1.18),
  contents: style('regular', 8, COLORS.ink, 1.35),
  contentsChapter: style('bold', 8.5, COLORS.ink, 1.35),
  cellLetter: style('bold', 7, COLORS.paper, 1),
  tick: style('regular', 6, COLORS.muted, 1.2),
  footer: style('regular', 7, COLORS.muted, 1.2),
} as const;

export interface BoxStyle {
  readonly fill?: string;
  readonly stroke?: string;
  readonly color: string;
}

/** Badges, by the class that also styles them on the page. */
export const BADGES: Readonly<Record<string, BoxStyle>> = {
  critical: { fill: COLORS.bad, color: COLORS.paper },
  high: { fill: COLORS.bad, color: COLORS.paper },
  fail: { fill: COLORS.bad, color: COLORS.paper },
  error: { fill: COLORS.doubt, color: COLORS.paper },
  medium: { stroke: COLORS.warn, color: COLORS.warn },
  pass: { stroke: COLORS.good, color: COLORS.good },
  covered: { stroke: COLORS.doubt, color: COLORS.doubt },
  info: { stroke: COLORS.calm, color: COLORS.calm },
  low: { stroke: COLORS.muted, color: COLORS.muted },
  notice: { stroke: COLORS.muted, color: COLORS.muted },
};

/** Cells of a coverage strip, whose letters keep them apart in grey, and series of charts. */
export const CELLS: Readonly<Record<string, BoxStyle>> = {
  collected: { fill: COLORS.good, color: COLORS.paper },
  quiet: { fill: COLORS.quiet, color: COLORS.ink },
  gap: { fill: COLORS.bad, color: COLORS.paper },
  unknown: { fill: COLORS.doubtSheet, stroke: COLORS.doubt, color: COLORS.doubt },
  s1: { fill: '#2f6fab', color: COLORS.paper },
  s2: { fill: '#c65a11', color: COLORS.paper },
  s3: { fill: '#2c8a5f', color: COLORS.paper },
  s4: { fill: '#8250b4', color: COLORS.paper },
  s5: { fill: '#9a7b12', color: COLORS.paper },
  s6: { fill: '#c2456f', color: COLORS.paper },
  s7: { fill: '#6b7884', color: COLORS.paper },
};

/** The verdict's panel, by outcome: background and bar. */
export const VERDICTS: Readonly<Record<string, { readonly fill: string; readonly bar: string }>> = {
  error: { fill: COLORS.doubtSheet, bar: COLORS.doubt },
  fail: { fill: COLORS.badSheet, bar: COLORS.bad },
  info: { fill: COLORS.calmSheet, bar: COLORS.calm },
  pass: { fill: COLORS.goodSheet, bar: COLORS.good },
};

/** Shares of the width for tables whose columns are known; other tables are measured. */
export const COLUMN_SHARES: Readonly<Record<string, readonly number[]>> = {
  summary: [12, 37, 29, 22],
  'outcomes-table': [30, 23, 40, 7],
  'coverage-tables': [29, 10, 9, 22, 30],
  'coverage-proofs': [24, 14, 62],
  waivers: [19, 12, 11, 30, 15, 13],
  calendar: [15, 15, 14, 14, 14, 14, 14],
  'open-days': [30, 17, 31, 7, 15],
  trend: [30, 16, 23, 13, 18],
  waived: [20, 50, 17, 13],
  unreadable: [50, 11, 39],
  'attached-files': [33, 29, 8, 30],
};
