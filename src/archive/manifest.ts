import { DateTime } from 'luxon';
import { z } from 'zod';

import { stableJson } from '../core/digest';
import type { Period } from '../core/period';
import { hasHalfCharacter, parseJson } from './json';
import type { Predicate, SealedPeriod } from './predicates';
import { predicateSchema, sha256 } from './predicates';

export type {
  AmendmentPredicate,
  DefinitionChangePredicate,
  DestructionPredicate,
  EntryReference,
  GapPredicate,
  GenesisPredicate,
  KeyRotationPredicate,
  Predicate,
  ReviewPredicate,
  RunPredicate,
  Schedule,
  SealedPeriod,
} from './predicates';
export { maySpeakFor, subjectPath } from './speaks-for';

/** https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md */
const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1';
const PREDICATE_TYPE = 'https://tallyman.dev/manifest/v1';

/** A file: its name relative to the stream’s folder, and its digest. */
const subjectSchema = z.strictObject({
  name: z.string().min(1).max(1024),
  digest: z.strictObject({ sha256 }),
});

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
export type Subject = z.infer<typeof subjectSchema>;

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
  if (parsed.success) {
    // A key that comes twice means one thing to one reader and another to the next.
    const text = stableJson(parsed.data);
    const isPlain = Buffer.from(text).equals(bytes) && !hasHalfCharacter(text);
    return isPlain ? parsed.data : 'it is not, byte for byte, as this program writes it';
  }
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  return problems.slice(0, 5).join('; ').slice(0, 500);
}

function dateIn(time: string, timeZone: string): string {
  return DateTime.fromISO(time, { zone: timeZone }).toFormat('yyyy-MM-dd');
}
