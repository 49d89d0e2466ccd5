import { DateTime } from 'luxon';
import { z } from 'zod';

import { stableJson } from '../core/digest';
import { OUTCOMES, SEVERITIES } from '../core/outcome';
import type { Period } from '../core/period';
import { PERIOD_KINDS } from '../core/period';
import { parseJson } from './json';
import { isArchivePath, isStreamName, keyPath } from './layout';

/** https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md */
const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1';
const PREDICATE_TYPE = 'https://tallyman.dev/manifest/v1';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 lower-case hexadecimal digits');
const instant = z.iso.datetime({ precision: 3 });
const date = z.iso.date();
const count = z.int().min(0);
const PERIOD_ID = /^\d{4}-(\d{2}(-\d{2})?|W\d{2}|Q[1-4])$/;
const word = z.string().min(1).max(200);

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

/** A file: its name relative to the stream’s folder, and its digest. */
const subjectSchema = z.strictObject({
  name: z.string().min(1).max(1024),
  digest: z.strictObject({ sha256 }),
});

/** What every entry says. */
const link = {
  stream: z.string().refine(isStreamName, 'expected the name of a stream'),
  /** 1, 2, 3, … without a gap. */
  sequence: z.int().min(1),
  /** The entry before this one; null for the first alone. */
  previous: z.strictObject({ sequence: z.int().min(1), sha256 }).nullable(),
  keyFingerprint: sha256,
  software: z.strictObject({ name: word, version: word, commit: word }),
  startedAt: instant,
  sealedAt: instant,
};

/** The first entry: what the stream promises. */
const genesisSchema = z.strictObject({
  kind: z.literal('genesis'),
  ...link,
  reportId: word,
  scopeId: word,
  definitionSha256: sha256,
  schedule: z.strictObject({
    /** From this one on, every period has a run or a gap; it also gives the kind and the time zone. */
    firstPeriod: periodSchema,
    deliverAt: z.string().regex(/^\d{2}:\d{2}$/),
    settleHours: z.number().min(0),
  }),
});

const auditSchema = z.strictObject({
  id: word,
  outcome: z.enum(OUTCOMES),
  querySha256: sha256,
  rows: count,
  answer: z.enum(['complete', 'partial', 'failed']),
  executedAt: instant,
});

/** One report for one period. */
const runSchema = z.strictObject({
  kind: z.literal('run'),
  ...link,
  period: periodSchema,
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
  trigger: z.enum(['timer', 'catch-up', 'manual']),
});

/** Why a period has no run. */
const gapSchema = z.strictObject({
  kind: z.literal('gap'),
  ...link,
  period: periodSchema,
  /** A sentence without anything personal. */
  reason: z.string().min(1).max(2000),
  /** How often a run was tried. */
  attempts: count,
  /** When it was first tried. */
  since: instant,
});

const predicateSchema = z.discriminatedUnion('kind', [genesisSchema, runSchema, gapSchema]);

const manifestSchema = z.strictObject({
  _type: z.literal(STATEMENT_TYPE),
  predicateType: z.literal(PREDICATE_TYPE),
  subject: z
    .array(subjectSchema)
    .min(1)
    .max(100_000)
    .readonly()
    .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, 'a name came twice'),
  predicate: predicateSchema,
});

/** An in-toto Statement v1: files with their digests, and what is said of them. */
export type Manifest = z.infer<typeof manifestSchema>;
export type Predicate = z.infer<typeof predicateSchema>;
export type GenesisPredicate = z.infer<typeof genesisSchema>;
export type RunPredicate = z.infer<typeof runSchema>;
export type GapPredicate = z.infer<typeof gapSchema>;
export type Subject = z.infer<typeof subjectSchema>;
/** A core `Period` with its dates, so that days can be compared without a time zone database. */
export type SealedPeriod = z.infer<typeof periodSchema>;

/** A period as manifests hold it. */
export function sealedPeriod(period: Period): SealedPeriod {
  const { kind, id, start, end, timeZone } = period;
  return {
    kind,
    id,
    from: dateIn(start, timeZone),
    to: dateIn(end, timeZone),
    start,
    end,
    timeZone,
  };
}

/** A manifest of files (names relative to the stream’s folder) and a predicate. */
export function manifestOf(subject: readonly Subject[], predicate: Predicate): Manifest {
  return { _type: STATEMENT_TYPE, predicateType: PREDICATE_TYPE, subject, predicate };
}

/** A manifest’s bytes. Throws a RangeError when it is not what a reader would accept. */
export function manifestBytes(manifest: Manifest): Uint8Array {
  const bytes = Buffer.from(stableJson(manifest));
  const parsed = parseManifest(bytes);
  if (typeof parsed === 'string') throw new RangeError(`not a manifest: ${parsed}`);
  return bytes;
}

/**
 * The manifest of hostile bytes, or, as a string, what is wrong with them.
 * The string may quote from the bytes.
 */
export function parseManifest(bytes: Uint8Array): Manifest | string {
  const value = parseJson(bytes);
  if (value === undefined) return 'it is not JSON in UTF-8';
  const parsed = manifestSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  return problems.slice(0, 5).join('; ').slice(0, 500);
}

/** Which files an entry of a kind may list. Names are relative to the stream’s folder. */
export function maySpeakFor(predicate: Predicate, name: string): boolean {
  switch (predicate.kind) {
    case 'genesis':
      return [keyPath(predicate.keyFingerprint), 'verify.sh', 'README.txt'].includes(
        subjectPath('', name),
      );
    case 'run':
      return (
        name.startsWith(`runs/${predicate.period.id}/`) &&
        isArchivePath(subjectPath(predicate.stream, name))
      );
    case 'gap':
      // A statement must be about something: a gap has no files, so it is about the chain before it.
      return name === `manifests/${predicate.previous?.sha256 ?? ''}.json`;
  }
}

/** Whether a text has the form of a period’s id. */
export function isPeriodId(text: string): boolean {
  return PERIOD_ID.test(text);
}

/** A subject’s path in the archive. */
export function subjectPath(stream: string, name: string): string {
  return name.startsWith('../') ? name.slice('../'.length) : `${stream}/${name}`;
}

function dateIn(time: string, timeZone: string): string {
  return DateTime.fromISO(time, { zone: timeZone }).toFormat('yyyy-MM-dd');
}
