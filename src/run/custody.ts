import type { ChainEntry } from '../archive/chain';
import { destroyedEntries } from '../archive/chain';
import { chainFolder, FACTS_FILE } from '../archive/layout';
import type { AskedAgain, Custody, MailTrouble } from '../core/custody';
import type { Instant } from '../core/period';
import { askedAgainUntold } from './asked-again-records';
import type { Parts } from './parts';
import type { RunFacts } from './run-facts';
import { readSealed } from './sealed-run';
import { witnessOf } from './witness';

/** How a stream's evidence has been kept up to now, for the run that begins. */
export async function gatherCustody(
  parts: Parts,
  stream: string,
  entries: readonly ChainEntry[],
): Promise<Custody> {
  const newest = entries.findLast(({ manifest }) => manifest.predicate.kind === 'run');
  const carried = await carriedBy(parts, entries, newest);
  const witness = await witnessOf(parts, stream);
  return {
    askedAgain: await askedAgainUntold(parts, stream, carried),
    mailTrouble: await mailTroubleSince(parts, stream, newest?.manifest.predicate.startedAt ?? ''),
    // Those of the chain are written as all others are, and there are few of them.
    retention: await parts.readRetention(chainFolder(stream)),
    ...(witness === undefined ? {} : { witness }),
  };
}

/** Mails of the stream that failed for good since the run before began, or that still wait. */
async function mailTroubleSince(
  parts: Parts,
  stream: string,
  since: Instant,
): Promise<MailTrouble[]> {
  const outbox = parts.mail?.outbox;
  if (outbox === undefined) return [];
  const waiting = (await outbox.pending()).filter(({ attempts }) => attempts > 0);
  return [...(await outbox.failures(since)), ...waiting].flatMap((news) => {
    const { id, to, subject, at, status, attempts, detail } = news;
    const isOurs = id.startsWith(`outbox/${stream}/`) && status !== 'accepted';
    return isOurs ? [{ to, subject, at, status, attempts, detail }] : [];
  });
}

async function carriedBy(
  parts: Parts,
  entries: readonly ChainEntry[],
  newest: ChainEntry | undefined,
): Promise<readonly AskedAgain[]> {
  if (newest === undefined || destroyedEntries(entries).has(newest.sequence)) return [];
  const content = await readSealed(parts.archive, newest, FACTS_FILE);
  const facts = JSON.parse(Buffer.from(content).toString('utf8')) as RunFacts;
  return facts.custody?.askedAgain ?? [];
}
