import { z } from 'zod';

import { OUTCOMES, SEVERITIES } from '../core/outcome';
import { PERIOD_KINDS } from '../core/period';
import { DECISIONS } from '../core/review';
import { isStreamName } from './layout';

const PERIOD_ID = /^\d{4}-(\d{2}(-\d{2})?|W\d{2}|Q[1-4])$/;

/** Lower-case hexadecimal SHA-256. */
export const sha256 = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'expected 64 lower-case hexadecimal digits');
/** Not every program writes earlier years with four digits. */
const YEAR = /^[1-9]/;
const instant = z.iso.datetime({ precision: 3 }).regex(YEAR);
const date = z.iso.date().regex(YEAR);
const count = z.int().min(0);
const word = z.string().min(1).max(200);
/** A sentence without anything personal. */
const sentence = z.string().min(1).max(2000);

const periodSchema = z.strictObject({
  kind: z.enum(PERIOD_KINDS),
  id: z.string().regex(PERIOD_ID),
  /** The first date in the period’s time zone. */
  from: date,
  /** The first date after it. */
  to: date,
  start: instant,
  end: instant,
  timeZone: z.string().min(1).max(64),
});

/** An entry of the same chain, by its number and its manifest’s digest. */
export const referenceSchema = z.strictObject({ sequence: z.int().min(1), sha256 });

/** What every entry says. */
const link = {
  stream: z.string().refine(isStreamName, 'expected the name of a stream'),
  /** 1, 2, 3, … without a gap. */
  sequence: z.int().min(1),
  /** The entry before this one; null for the first alone. */
  previous: referenceSchema.nullable(),
  keyFingerprint: sha256,
  software: z.strictObject({ name: word, version: word, commit: word }),
  startedAt: instant,
  sealedAt: instant,
};

/** From `firstPeriod` on, every period has a run or a gap. */
const scheduleSchema = z.strictObject({
  /** Also gives the kind and the time zone of those that follow it. */
  firstPeriod: periodSchema,
  deliverAt: z.string().regex(/^\d{2}:\d{2}$/),
  settleHours: z.number().min(0),
});

/** The first entry: what the stream promises. */
const genesisSchema = z.strictObject({
  kind: z.literal('genesis'),
  ...link,
  reportId: word,
  scopeId: word,
  definitionSha256: sha256,
  schedule: scheduleSchema,
});

const auditSchema = z.strictObject({
  id: word,
  outcome: z.enum(OUTCOMES),
  querySha256: sha256,
  rows: count,
  answer: z.enum(['complete', 'partial', 'failed']),
  executedAt: instant,
});

/** What a report says in figures. */
const figures = {
  outcome: z.enum(OUTCOMES),
  definitionSha256: sha256,
  audits: z.array(auditSchema).max(10_000).readonly(),
  counts: z.strictObject({
    /** Audits by outcome. */
    audits: z.strictObject({ error: count, fail: count, info: count, pass: count }),
    /** Findings that no waiver accepts, by severity. */
    findings: z.record(z.enum(SEVERITIES), count),
    /** Findings that a waiver accepts. */
    waived: count,
  }),
  intake: z.strictObject({
    blobs: count,
    bytes: count,
    records: count,
    duplicates: count,
    /** Log lines that could not be read. */
    unreadable: count,
  }),
};

/** One report for one period. */
const runSchema = z.strictObject({
  kind: z.literal('run'),
  ...link,
  period: periodSchema,
  ...figures,
  trigger: z.enum(['timer', 'catch-up', 'manual']),
});

/** Why a period has no run. */
const gapSchema = z.strictObject({
  kind: z.literal('gap'),
  ...link,
  period: periodSchema,
  reason: sentence,
  /** How often a run was tried. */
  attempts: count,
  /** When it was first tried. */
  since: instant,
});

/** A closed period asked again, and what came that differs; or the late run of a period that had a gap. */
const amendmentSchema = z.strictObject({
  kind: z.literal('amendment'),
  ...link,
  period: periodSchema,
  /** The run, gap or earlier amendment that spoke for the period last. */
  amends: referenceSchema,
  /** 1 for a period’s first amendment; greater for each later one. Its files are in `amendments/<number>/`. */
  number: z.int().min(1).max(9999),
  askedAt: instant,
  /** It was due to be asked again this many days after the period’s run was due; null when it was not planned so. */
  after: count.nullable(),
  /** Against what `amends` holds. */
  rows: z.strictObject({ added: count, vanished: count, changed: count }),
  ...figures,
});

/** A person read a report. Who it was and what they said is in the file that the entry lists. */
const reviewSchema = z.strictObject({
  kind: z.literal('review'),
  ...link,
  period: periodSchema,
  /** The run, gap or amendment that was read. */
  reviews: referenceSchema,
  /**
   * `accepted`: every finding is handled or explained; `noted`: read, and something is still to be done;
   * `rejected`: the report must not be relied on.
   */
  decision: z.enum(DECISIONS),
  reviewedAt: instant,
});

/** The last entry of a key, which names the key of those after it. Signed by the old one. */
const keyRotationSchema = z.strictObject({
  kind: z.literal('key-rotation'),
  ...link,
  newKeyFingerprint: sha256,
  reason: sentence,
  /** The new key’s DER-encoded ES256 signature, in base64, over `rotationText`. */
  proof: z.base64().min(8).max(200),
});

/** What the stream promises from a period on, whatever was promised before. */
const definitionChangeSchema = z.strictObject({
  kind: z.literal('definition-change'),
  ...link,
  definitionSha256: sha256,
  schedule: scheduleSchema,
  reason: sentence.optional(),
});

/** Files that were kept as long as they had to be and then destroyed; written before they are. */
const destructionSchema = z.strictObject({
  kind: z.literal('destruction'),
  ...link,
  /** The runs, amendments and reviews whose files are destroyed. */
  entries: z.array(referenceSchema).min(1).max(10_000).readonly(),
  policy: z.strictObject({
    text: sentence,
    /** How long files are kept at least, counted from the sealing of their entry. */
    days: count,
  }),
  destroyedAt: instant,
});

export const predicateSchema = z.discriminatedUnion('kind', [
  genesisSchema,
  runSchema,
  gapSchema,
  amendmentSchema,
  reviewSchema,
  keyRotationSchema,
  definitionChangeSchema,
  destructionSchema,
]);

export type Predicate = z.infer<typeof predicateSchema>;
export type GenesisPredicate = z.infer<typeof genesisSchema>;
export type RunPredicate = z.infer<typeof runSchema>;
export type GapPredicate = z.infer<typeof gapSchema>;
export type AmendmentPredicate = z.infer<typeof amendmentSchema>;
export type ReviewPredicate = z.infer<typeof reviewSchema>;
export type KeyRotationPredicate = z.infer<typeof keyRotationSchema>;
export type DefinitionChangePredicate = z.infer<typeof definitionChangeSchema>;
export type DestructionPredicate = z.infer<typeof destructionSchema>;

/** A core `Period` with its dates, so that days can be compared without a time zone database. */
export type SealedPeriod = z.infer<typeof periodSchema>;
export type Schedule = z.infer<typeof scheduleSchema>;
export type EntryReference = z.infer<typeof referenceSchema>;
