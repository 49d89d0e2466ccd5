import type { Archive } from '../core/archive';
import type { Delivery, Mail, Mailer } from '../core/mail';
import type { Instant } from '../core/period';
import { headerText } from './message';
import {
  decodeAttempt,
  decodeFailedAttempt,
  decodeIntent,
  decodeResult,
  encodeIntent,
  encodeRecord,
  folderOf,
  OUTBOX,
} from './outbox-records';
import type { Intent, OutgoingMail } from './outbox-records';
import { attemptMayStart, isLastAttempt, MOST_ATTEMPTS } from './retry-schedule';

export interface OutboxOptions {
  /** A private write-once store: mails hold personal data, so this is not the auditors' archive. */
  readonly store: Archive;
  readonly mailer: Mailer;
  readonly now: () => Instant;
}

/** Mail that survives a crash: put in first, then sent, then recorded as it really went. */
export interface Outbox {
  /** Puts mails in. One that is in already is kept as it was, so calling it again is safe. */
  enqueue(mails: readonly OutgoingMail[]): Promise<void>;
  /**
   * Tries every mail whose time has come, one after the other. Trouble with a mail is in the report and
   * never thrown; a store that cannot be reached is (ARCHIVE_UNREACHABLE). After `until`, no further mail is begun.
   */
  drain(until?: Instant): Promise<OutboxReport>;
  /** Mails without a result, with what the last attempt said. */
  pending(): Promise<readonly MailNews[]>;
  /** Mails that failed for good at or after an instant. */
  failures(since: Instant): Promise<readonly MailNews[]>;
}

export interface OutboxReport {
  readonly accepted: readonly MailNews[];
  readonly failed: readonly MailNews[];
  /** Not sent now: an attempt failed and will be repeated, is under way elsewhere, or its time has not come. */
  readonly waiting: readonly MailNews[];
}

/** How far one mail has come. */
export interface MailNews {
  /** Its folder in the outbox. */
  readonly id: string;
  /** `accepted` by the mailer, `failed` for good, or `waiting` for its next attempt. */
  readonly status: 'accepted' | 'failed' | 'waiting';
  readonly to: string;
  readonly subject: string;
  /** When it was accepted, failed for good, or, while waiting, put in. */
  readonly at: Instant;
  readonly attempts: number;
  /** What the mailer said last, or why it said nothing. */
  readonly detail: string;
}

/** Opens the outbox of a private store. Any number of processes may drain it at once. */
export function createOutbox(options: OutboxOptions): Outbox {
  const { store, now } = options;
  return {
    async enqueue(mails): Promise<void> {
      for (const mail of mails) {
        await store.create(`${folderOf(mail)}/intent.json`, encodeIntent(mail, now()));
      }
    },
    async drain(until): Promise<OutboxReport> {
      const news: MailNews[] = [];
      for (const entry of await entries(store)) {
        if (entry.hasResult) continue;
        const rest = until !== undefined && now() >= until;
        news.push(rest ? await waiting(store, entry) : await deliver(options, entry));
      }
      const having = (status: MailNews['status']): MailNews[] =>
        news.filter((one) => one.status === status);
      return { accepted: having('accepted'), failed: having('failed'), waiting: having('waiting') };
    },
    async pending(): Promise<readonly MailNews[]> {
      const open = (await entries(store)).filter((entry) => !entry.hasResult);
      return Promise.all(open.map((entry) => waiting(store, entry)));
    },
    async failures(since): Promise<readonly MailNews[]> {
      // A failed result always follows a failed attempt, so the others need not be read.
      const suspects = (await entries(store)).filter(
        (entry) => entry.hasResult && entry.lastFailed,
      );
      const news = await Promise.all(suspects.map((entry) => finished(store, entry)));
      return news.filter((one) => one?.status === 'failed' && one.at >= since) as MailNews[];
    },
  };
}

type Addressed = Pick<Mail, 'to' | 'subject'>;

const UNREADABLE: Addressed = { to: 'unknown', subject: 'unknown' };

/** What the names of a mail's files say, before any is read. */
interface Entry {
  readonly id: string;
  readonly attempts: number;
  /** Whether the newest attempt is recorded as failed. */
  readonly lastFailed: boolean;
  readonly hasResult: boolean;
}

async function entries(store: Archive): Promise<Entry[]> {
  const names = new Map<string, Set<string>>();
  for await (const { path } of store.list(OUTBOX)) {
    const slash = path.lastIndexOf('/');
    const id = path.slice(0, slash);
    const files = names.get(id) ?? new Set();
    names.set(id, files.add(path.slice(slash + 1)));
  }
  const mails = [...names].filter(([, files]) => files.has('intent.json'));
  return mails.map(([id, files]) => {
    const numbers = [...files].map((name) => Number(/^attempt-(\d{1,3})\b/.exec(name)?.[1] ?? 0));
    const attempts = Math.max(0, ...numbers);
    const lastFailed = files.has(`attempt-${attempts}-failed.json`);
    return { id, attempts, lastFailed, hasResult: files.has('result.json') };
  });
}

async function deliver(options: OutboxOptions, entry: Entry): Promise<MailNews> {
  const { store, mailer, now } = options;
  const intent = decodeIntent(await store.read(`${entry.id}/intent.json`));
  if (intent === undefined) return giveUp(options, entry, UNREADABLE, 'Its record cannot be read.');
  if (entry.attempts > 0) {
    const last = decodeAttempt(await store.read(`${entry.id}/attempt-${entry.attempts}.json`));
    if (last !== undefined && !attemptMayStart(entry.attempts, last.startedAt, now())) {
      return waiting(store, entry);
    }
  }
  // Only a mail whose sending ends the process each time comes this far.
  if (entry.attempts >= MOST_ATTEMPTS) {
    const detail = `None of ${MOST_ATTEMPTS} attempts came to an end.`;
    return giveUp(options, entry, intent.mail, detail);
  }
  const attempt = { ...entry, attempts: entry.attempts + 1 };
  const claim = encodeRecord({ startedAt: now(), mailer: mailer.kind });
  if ((await store.create(`${entry.id}/attempt-${attempt.attempts}.json`, claim)) === 'exists') {
    return waiting(store, attempt);
  }
  // Another process may have finished between our listing and our claim.
  const news = await finished(store, entry);
  return news ?? record(options, attempt, intent, await sendSafely(mailer, intent));
}

async function sendSafely(mailer: Mailer, intent: Intent): Promise<Delivery> {
  try {
    return await mailer.send(intent.mail);
  } catch (error) {
    // The port forbids this; one mailer's mistake must not keep the other mails from being sent.
    return { status: 'failed', permanent: false, detail: headerText(String(error)) };
  }
}

async function record(
  options: OutboxOptions,
  entry: Entry,
  { mail, enqueuedAt }: Intent,
  delivery: Delivery,
): Promise<MailNews> {
  const { detail } = delivery;
  if (delivery.status === 'accepted') return settle(options, entry, mail, 'accepted', detail);
  if (delivery.permanent) return giveUp(options, entry, mail, detail);
  if (isLastAttempt(enqueuedAt, options.now())) {
    const said = `Given up after ${entry.attempts} attempts; the last one said: ${detail}`;
    return giveUp(options, entry, mail, said);
  }
  await recordFailedAttempt(options, entry, detail);
  return waiting(options.store, entry);
}

async function giveUp(
  options: OutboxOptions,
  entry: Entry,
  mail: Addressed,
  detail: string,
): Promise<MailNews> {
  // `failures` finds failed mails by this record's name, so it is written first.
  await recordFailedAttempt(options, entry, detail);
  return settle(options, entry, mail, 'failed', detail);
}

async function settle(
  { store, now }: OutboxOptions,
  { id, attempts }: Entry,
  { to, subject }: Addressed,
  status: 'accepted' | 'failed',
  detail: string,
): Promise<MailNews> {
  const result = { status, at: now(), detail, attempts, to, subject };
  const written = await store.create(`${id}/result.json`, encodeRecord(result));
  const earlier = written === 'exists' ? await finished(store, { id }) : undefined;
  return earlier ?? { id, ...result };
}

async function recordFailedAttempt(
  { store, now }: OutboxOptions,
  { id, attempts }: Entry,
  detail: string,
): Promise<void> {
  const failed = encodeRecord({ failedAt: now(), detail });
  await store.create(`${id}/attempt-${attempts}-failed.json`, failed);
}

async function finished(store: Archive, { id }: Pick<Entry, 'id'>): Promise<MailNews | undefined> {
  const result = decodeResult(await store.read(`${id}/result.json`));
  return result === undefined ? undefined : { id, ...result };
}

async function waiting(store: Archive, { id, attempts }: Entry): Promise<MailNews> {
  const intent = decodeIntent(await store.read(`${id}/intent.json`));
  const failed = decodeFailedAttempt(await store.read(`${id}/attempt-${attempts}-failed.json`));
  const { to, subject } = intent?.mail ?? UNREADABLE;
  const silent = attempts > 0 ? 'An attempt is under way or was cut short.' : 'Not tried yet.';
  const at = intent?.enqueuedAt ?? '';
  return { id, status: 'waiting', to, subject, at, attempts, detail: failed?.detail ?? silent };
}
