import type { Severity } from '../core/outcome';

/** Something planted in the samples, and where it must be found. */
export interface Incident {
  readonly kind: string;
  /** The audit that must find it; null for what no audit reports. */
  readonly audit: string | null;
  readonly severity: Severity | null;
  readonly registry: string;
  /** ISO 8601 UTC, half-open; holds the times of all its events. */
  readonly from: string;
  readonly to: string;
  /** Column values that stand, as they are or as a part, in one row of the audit's answer. */
  readonly match: Readonly<Record<string, string>>;
  /** Other audits that may rightly report it, too. */
  readonly alsoBy: readonly string[];
  /** How many records it concerns, where that says something. */
  count?: number;
  /** The blob it is in, below the samples' folder, with `/`. */
  blob?: string;
}

/** `ground-truth.json` */
export interface GroundTruth {
  readonly seed: number;
  readonly timeZone: string;
  readonly firstDay: string;
  readonly days: number;
  readonly incidents: readonly Incident[];
}
