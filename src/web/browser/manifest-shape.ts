import { isDate } from '../../core/dates';
import { OUTCOMES } from '../../core/outcome';
import type { Severity } from '../../core/outcome';
import { stableJson } from '../../core/stable-json';
import { hasHalfCharacter, parseJson, textOf } from '../../archive/json';
import { isStreamName } from '../../archive/layout';
import type {
  EntryReference,
  Manifest,
  Predicate,
  RunPredicate,
  Schedule,
  SealedPeriod,
} from '../../archive/manifest';

// The form of a manifest, as `src/archive/predicates.ts` has it in a schema whose library is larger than this
// script may be. The types hold the two together field by field, and a test holds them together by what they accept.

type Shape = (value: unknown) => boolean;
type Of<K extends Predicate['kind']> = Extract<Predicate, { kind: K }>;
/** A shape for each field; what may be left out is said by a second list. */
type Fields<T> = { readonly [K in keyof T]-?: Shape };

/** An object of exactly these fields. */
function object<T>(fields: Fields<T>, mayLack: readonly (keyof T)[] = []): Shape {
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
    const has = (key: string): boolean => Object.hasOwn(value, key);
    const known = Object.entries<Shape>(fields);
    return (
      Object.keys(value).every((key) => Object.hasOwn(fields, key)) &&
      known.every(([key, shape]) =>
        has(key)
          ? shape((value as Record<string, unknown>)[key])
          : mayLack.some((one) => one === key),
      )
    );
  };
}

function list(shape: Shape, least: number, most: number): Shape {
  return (value) =>
    Array.isArray(value) && value.length >= least && value.length <= most && value.every(shape);
}

const text =
  (most: number, least = 1): Shape =>
  (value) => {
    // Characters, as the schema and jq count them, and not UTF-16 units.
    const length = typeof value === 'string' ? Array.from(value).length : -1;
    return length >= least && length <= most;
  };
const like =
  (pattern: RegExp): Shape =>
  (value) =>
    typeof value === 'string' && pattern.test(value);
const oneOf =
  (...words: readonly string[]): Shape =>
  (value) =>
    words.some((one) => one === value);
const orNull =
  (shape: Shape): Shape =>
  (value) =>
    value === null || shape(value);
const integer =
  (least: number, most: number = Number.MAX_SAFE_INTEGER): Shape =>
  (value) =>
    Number.isInteger(value) && Number(value) >= least && Number(value) <= most;

const digest = like(/^[0-9a-f]{64}$/);
const count = integer(0);
const word = text(200);
const sentence = text(2000);
const date: Shape = (value) => typeof value === 'string' && /^[1-9]/.test(value) && isDate(value);
const instant: Shape = (value) =>
  like(/^.{10}T([01]\d|2[0-3])(:[0-5]\d){2}\.\d{3}Z$/)(value) && date(String(value).slice(0, 10));
const outcome = oneOf(...OUTCOMES);

const period = object<SealedPeriod>({
  kind: oneOf('day', 'week', 'month', 'quarter'),
  id: like(/^\d{4}-(\d{2}(-\d{2})?|W\d{2}|Q[1-4])$/),
  from: date,
  to: date,
  start: instant,
  end: instant,
  timeZone: text(64),
});
const reference = object<EntryReference>({ sequence: integer(1), sha256: digest });
const schedule = object<Schedule>({
  firstPeriod: period,
  deliverAt: like(/^\d{2}:\d{2}$/),
  settleHours: (value) => Number.isFinite(value) && Number(value) >= 0,
});
const figures = {
  outcome,
  definitionSha256: digest,
  audits: list(
    object<RunPredicate['audits'][number]>({
      id: word,
      outcome,
      querySha256: digest,
      rows: count,
      answer: oneOf('complete', 'partial', 'failed'),
      executedAt: instant,
    }),
    0,
    10_000,
  ),
  counts: object<RunPredicate['counts']>({
    audits: object<RunPredicate['counts']['audits']>({
      error: count,
      fail: count,
      info: count,
      pass: count,
    }),
    findings: object<Record<Severity, number>>({
      critical: count,
      high: count,
      medium: count,
      low: count,
      info: count,
    }),
    waived: count,
  }),
  intake: object<RunPredicate['intake']>({
    blobs: count,
    bytes: count,
    records: count,
    duplicates: count,
    unreadable: count,
  }),
};
const link = {
  stream: (value: unknown): boolean => typeof value === 'string' && isStreamName(value),
  sequence: integer(1),
  previous: orNull(reference),
  keyFingerprint: digest,
  software: object<Predicate['software']>({ name: word, version: word, commit: word }),
  startedAt: instant,
  sealedAt: instant,
};

const SHAPES: { readonly [K in Predicate['kind']]: Shape } = {
  genesis: object<Of<'genesis'>>({
    kind: oneOf('genesis'),
    ...link,
    reportId: word,
    scopeId: word,
    definitionSha256: digest,
    schedule,
  }),
  run: object<Of<'run'>>({
    kind: oneOf('run'),
    ...link,
    period,
    ...figures,
    trigger: oneOf('timer', 'catch-up', 'manual'),
  }),
  gap: object<Of<'gap'>>({
    kind: oneOf('gap'),
    ...link,
    period,
    reason: sentence,
    attempts: count,
    since: instant,
  }),
  amendment: object<Of<'amendment'>>({
    kind: oneOf('amendment'),
    ...link,
    period,
    amends: reference,
    number: integer(1, 9999),
    askedAt: instant,
    after: orNull(count),
    rows: object<Of<'amendment'>['rows']>({ added: count, vanished: count, changed: count }),
    ...figures,
  }),
  review: object<Of<'review'>>({
    kind: oneOf('review'),
    ...link,
    period,
    reviews: reference,
    decision: oneOf('accepted', 'noted', 'rejected'),
    reviewedAt: instant,
  }),
  'key-rotation': object<Of<'key-rotation'>>({
    kind: oneOf('key-rotation'),
    ...link,
    newKeyFingerprint: digest,
    reason: sentence,
    proof: (value) =>
      text(200, 8)(value) &&
      like(/^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/)(value),
  }),
  'definition-change': object<Of<'definition-change'>>(
    {
      kind: oneOf('definition-change'),
      ...link,
      definitionSha256: digest,
      schedule,
      reason: sentence,
    },
    ['reason'],
  ),
  destruction: object<Of<'destruction'>>({
    kind: oneOf('destruction'),
    ...link,
    entries: list(reference, 1, 10_000),
    policy: object<Of<'destruction'>['policy']>({ text: sentence, days: count }),
    destroyedAt: instant,
  }),
};

const manifest = object<Manifest>({
  _type: oneOf('https://in-toto.io/Statement/v1'),
  predicateType: oneOf('https://tallyman.dev/manifest/v1'),
  subject: list(
    object<Manifest['subject'][number]>({
      name: text(1024),
      digest: object<Manifest['subject'][number]['digest']>({ sha256: digest }),
    }),
    1,
    100_000,
  ),
  predicate: (value) => {
    const kind = (value as { readonly kind?: unknown } | null)?.kind;
    return typeof kind === 'string' && Object.hasOwn(SHAPES, kind)
      ? SHAPES[kind as Predicate['kind']](value)
      : false;
  },
});

/** The manifest of hostile bytes, or, as a string, what is wrong with them: see `src/archive/manifest.ts`. */
export function parseManifest(bytes: Uint8Array): Manifest | string {
  const value = parseJson(bytes);
  if (value === undefined) return 'it is not JSON in UTF-8';
  if (!manifest(value)) return 'it is none of a kind that this page knows';
  const parsed = value as Manifest;
  const names = new Set(parsed.subject.map(({ name }) => name));
  if (names.size !== parsed.subject.length) return 'it lists a file twice';
  // A key that comes twice means one thing to one reader and another to the next.
  const plain = stableJson(parsed);
  return plain === textOf(bytes) && !hasHalfCharacter(plain)
    ? parsed
    : 'it is not, byte for byte, as this program writes it';
}
