import { z } from 'zod';
import { sha256, stableJson } from '../core/digest';
import type { Mail } from '../core/mail';

/** A mail on its way into the outbox. Its place and its key follow from the first three and the recipient. */
export interface OutgoingMail {
  /** The stream whose news it tells. */
  readonly stream: string;
  /** The newest chain entry that it tells of. */
  readonly sequence: number;
  /** What kind of mail it is, so that one entry can cause several: `[a-z-]+`. */
  readonly purpose: string;
  readonly mail: Omit<Mail, 'key'>;
}

const instant = z.iso.datetime();

/** `intent.json`: the whole mail. From this file on it is never lost. */
const intentSchema = z.object({
  stream: z.string(),
  sequence: z.int().positive(),
  purpose: z.string(),
  enqueuedAt: instant,
  mail: z.object({
    key: z.string().regex(/^[0-9a-f]{64}$/),
    from: z.string(),
    to: z.string(),
    subject: z.string(),
    text: z.string(),
    html: z.string(),
    date: instant,
    attachments: z.array(
      z.object({ name: z.string(), contentType: z.string(), base64: z.base64() }),
    ),
  }),
});

/** `attempt-<n>.json`: who creates it may send. */
const attemptSchema = z.object({ startedAt: instant, mailer: z.string() });

/** `attempt-<n>-failed.json`. */
const failedAttemptSchema = z.object({ failedAt: instant, detail: z.string() });

/** `result.json`: the last record of a mail. */
const resultSchema = z.object({
  status: z.enum(['accepted', 'failed']),
  at: instant,
  detail: z.string(),
  attempts: z.int().nonnegative(),
  to: z.string(),
  subject: z.string(),
});

export type Attempt = z.infer<typeof attemptSchema>;
export type FailedAttempt = z.infer<typeof failedAttemptSchema>;
export type Result = z.infer<typeof resultSchema>;

export interface Intent {
  readonly stream: string;
  readonly sequence: number;
  readonly purpose: string;
  readonly enqueuedAt: string;
  readonly mail: Mail;
}

export const OUTBOX = 'outbox/';

/** The idempotency key: equal for every attempt, and for every time the same mail is put in. */
export function mailKey(item: OutgoingMail): string {
  return sha256([item.stream, String(item.sequence), item.purpose, item.mail.to].join('\n'));
}

/** `outbox/<stream>/<sequence>-<purpose>-<recipient hash>`: sorts by age within a stream. */
export function folderOf(item: OutgoingMail): string {
  const sequence = String(item.sequence).padStart(8, '0');
  const recipient = sha256(item.mail.to).slice(0, 16);
  return `${OUTBOX}${item.stream}/${sequence}-${item.purpose}-${recipient}`;
}

/** The bytes of `intent.json`. Attachments travel inside, so that one write puts the mail in or not. */
export function encodeIntent(item: OutgoingMail, enqueuedAt: string): Uint8Array {
  const { stream, sequence, purpose, mail } = item;
  const attachments = mail.attachments.map(({ name, contentType, content }) => ({
    name,
    contentType,
    base64: Buffer.from(content).toString('base64'),
  }));
  const stored = { ...mail, key: mailKey(item), attachments };
  return encodeRecord({ stream, sequence, purpose, enqueuedAt, mail: stored });
}

/** Any other record's bytes. */
export function encodeRecord(record: unknown): Uint8Array {
  return Buffer.from(stableJson(record));
}

/** Undefined when the bytes are not an intent: damaged, or written by something else. */
export function decodeIntent(bytes: Uint8Array | undefined): Intent | undefined {
  const stored = decode(intentSchema, bytes);
  if (stored === undefined) return undefined;
  const attachments = stored.mail.attachments.map(({ name, contentType, base64 }) => ({
    name,
    contentType,
    content: Buffer.from(base64, 'base64'),
  }));
  return { ...stored, mail: { ...stored.mail, attachments } };
}

/** Undefined when the bytes are not an attempt's claim. */
export function decodeAttempt(bytes: Uint8Array | undefined): Attempt | undefined {
  return decode(attemptSchema, bytes);
}

/** Undefined when the bytes are not a failed attempt. */
export function decodeFailedAttempt(bytes: Uint8Array | undefined): FailedAttempt | undefined {
  return decode(failedAttemptSchema, bytes);
}

/** Undefined when the bytes are not a result. */
export function decodeResult(bytes: Uint8Array | undefined): Result | undefined {
  return decode(resultSchema, bytes);
}

function decode<T>(schema: z.ZodType<T>, bytes: Uint8Array | undefined): T | undefined {
  if (bytes === undefined) return undefined;
  try {
    return schema.safeParse(JSON.parse(Buffer.from(bytes).toString('utf8'))).data;
  } catch {
    return undefined;
  }
}
