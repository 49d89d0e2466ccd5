import type { ChartDefinition } from '../../core/definitions';

export interface Category {
  /** As the table of numbers has it: `02:00`, `2026-02-23`, `payments/api`. */
  readonly label: string;
  /** Below the axis; empty where there is no room. */
  readonly tick: string;
  /** Records of this time may be missing: a low column proves nothing. */
  readonly doubtful: boolean;
}

export interface Series {
  readonly name: string;
  /** By category. */
  readonly values: readonly number[];
}

/** The numbers of a chart, summed and in order. Every text has been made visible. */
export interface ChartData {
  readonly kind: ChartDefinition['kind'];
  readonly title: string;
  /** What a category of a timeline is. */
  readonly step: 'hour' | 'day' | 'other';
  /** Series stand on one another, because together they are a whole. */
  readonly stacked: boolean;
  readonly categories: readonly Category[];
  readonly series: readonly Series[];
  /** How many categories a ranking leaves out, and their sum. */
  readonly left: { readonly count: number; readonly sum: number };
}
