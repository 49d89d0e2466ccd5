import type { ChainEntry } from '../archive/chain';
import { destroyedEntries, headOf, readChain } from '../archive/chain';
import { stableJson } from '../core/digest';
import { ATTACHED_MEGABYTES } from '../core/definitions';
import { TallymanError } from '../core/errors';
import { phrase } from '../core/language';
import type { Attachment } from '../core/mail';
import type { Instant } from '../core/period';
import type { OutgoingMail } from '../mail/outbox-records';
import type { Predicate } from '../archive/manifest';
import type { DigestRow, RenderedMail } from '../render/mail';
import { renderDigestMail, renderRunMail } from '../render/mail';
import { notAttachedText } from '../render/words';
import type { Parts } from './parts';
import { isMadeUp, runDueAt } from './plan';
import type { SealedReport } from './sealed-report';
import { loadSealedReport } from './sealed-report';
import type { StreamDefinition } from './streams';

/** Kinds that no mail tells of: the first has nothing to tell, and a reviewer knows. */
const UNTOLD: readonly Predicate['kind'][] = ['genesis', 'review'];

/** Entries that one mail tells of. Written before the mail, so that a crash can't tell of one twice. */
interface MailGroup {
  readonly purpose: 'run' | 'digest';
  /** Sequences, in order. */
  readonly covers: readonly number[];
}

/** A run that is told of later than this after it was due is no news any more: mail was off until now. */
const NEWS_MS = 3 * 86_400_000;

/**
 * Puts a mail into the outbox for every sealed entry that none has told of yet: one for each run made and told of
 * in its time, and a single digest for the others and for gaps. What was destroyed is told of by the entry that
 * says so. Safe to call again.
 */
export async function tellStream(parts: Parts, definition: StreamDefinition): Promise<void> {
  const { stream, report } = definition;
  const { mail } = parts;
  if (mail === undefined || report.recipients.length === 0) return;
  const entries = await readChain(parts.archive, stream);
  const { upTo, runs, open } = await readTold(parts, stream);
  const gone = destroyedEntries(entries);
  const untold = entries.filter(
    ({ manifest, sequence }) =>
      !UNTOLD.includes(manifest.predicate.kind) &&
      !gone.has(sequence) &&
      !runs.has(sequence) &&
      sequence > upTo,
  );
  const groups = [...open];
  // The digest comes last, so that one that is there means that everything up to it is told of.
  for (const group of groupEntries(parts.now(), definition, untold, entries)) {
    await parts.privateStore.create(groupPath(stream, group), Buffer.from(stableJson(group)));
    groups.push(group);
  }
  for (const group of groups) {
    await mail.outbox.enqueue(await mailsOf(parts, mail.from, definition, entries, group));
    await parts.privateStore.create(enqueuedPath(groupPath(stream, group)), Buffer.from('{}\n'));
  }
}

function groupEntries(
  now: Instant,
  definition: StreamDefinition,
  untold: readonly ChainEntry[],
  entries: readonly ChainEntry[],
): MailGroup[] {
  const isNews = (entry: ChainEntry): boolean => isNewsAt(now, definition, entry, entries);
  const groups: MailGroup[] = untold
    .filter(isNews)
    .map(({ sequence }) => ({ purpose: 'run', covers: [sequence] }));
  const others = untold.filter((entry) => !isNews(entry));
  if (others.length > 0) {
    groups.push({ purpose: 'digest', covers: others.map((entry) => entry.sequence) });
  }
  return groups;
}

/** Whether an entry is a run that was made in its time and is told of soon enough for a mail of its own. */
function isNewsAt(
  now: Instant,
  { report }: StreamDefinition,
  entry: ChainEntry,
  entries: readonly ChainEntry[],
): boolean {
  const { predicate } = entry.manifest;
  if (predicate.kind !== 'run') return false;
  const { period, startedAt } = predicate;
  const due = runDueAt(report, entries, period);
  return !isMadeUp(report, period, startedAt) && Date.parse(now) - Date.parse(due) <= NEWS_MS;
}

async function mailsOf(
  parts: Parts,
  from: string,
  definition: StreamDefinition,
  entries: readonly ChainEntry[],
  group: MailGroup,
): Promise<OutgoingMail[]> {
  const gone = destroyedEntries(entries);
  const covered = entries.filter(
    ({ sequence }) => group.covers.includes(sequence) && !gone.has(sequence),
  );
  const newest = covered.at(-1);
  if (newest === undefined) return [];
  const ofRun =
    group.purpose === 'run'
      ? await runMail(parts, newest, entries, definition.report.attachUpTo)
      : undefined;
  const { rendered, attachments } = ofRun ?? {
    rendered: await digestMail(parts, definition, entries, covered),
    attachments: [],
  };
  return definition.report.recipients.map((to) => ({
    stream: definition.stream,
    sequence: newest.sequence,
    purpose: group.purpose,
    mail: {
      from,
      to,
      ...rendered,
      attachments,
      date: newest.manifest.predicate.sealedAt,
    },
  }));
}

/** Undefined when the report can't be made again, because what it was compared with was destroyed. */
async function reportOf(
  parts: Parts,
  entry: ChainEntry,
  entries: readonly ChainEntry[],
): Promise<SealedReport | undefined> {
  try {
    return await loadSealedReport(parts.archive, entry, entries);
  } catch (error) {
    if (error instanceof TallymanError && error.code === 'EVIDENCE_DESTROYED') return undefined;
    throw error;
  }
}

async function runMail(
  parts: Parts,
  entry: ChainEntry,
  entries: readonly ChainEntry[],
  attachUpTo = ATTACHED_MEGABYTES,
): Promise<{ rendered: RenderedMail; attachments: Attachment[] } | undefined> {
  const sealed = await reportOf(parts, entry, entries);
  if (sealed === undefined) return undefined;
  const { report, pdf } = sealed;
  const fits = pdf.byteLength <= attachUpTo * 1_000_000;
  const url = reportUrl(parts, report.stream, report.runId);
  const rendered = renderRunMail(
    {
      report,
      sequence: entry.sequence,
      head: entry.manifestSha256,
      ...(url === undefined ? {} : { reportUrl: url }),
      archiveLocation: parts.archive.location,
      attachment: fits
        ? 'attached'
        : notAttachedText(pdf.byteLength, attachUpTo, parts.views.languages[report.language]),
    },
    parts.views,
  );
  const attachment = {
    name: `${report.stream}-${report.runId}.pdf`,
    contentType: 'application/pdf',
    content: pdf,
  };
  return { rendered, attachments: fits ? [attachment] : [] };
}

async function digestMail(
  parts: Parts,
  { stream, report }: StreamDefinition,
  entries: readonly ChainEntry[],
  covered: readonly ChainEntry[],
): Promise<RenderedMail> {
  const newest = covered.at(-1);
  const rows = await Promise.all(covered.map((entry) => digestRow(parts, entry, entries)));
  return renderDigestMail(
    {
      stream,
      title: report.title,
      language: report.language ?? 'en',
      branding: report.branding,
      rows,
      sequence: newest?.sequence ?? entries.length,
      head: newest?.manifestSha256 ?? headOf(entries) ?? '',
      archiveLocation: parts.archive.location,
      ...(parts.publicUrl === undefined ? {} : { archiveUrl: parts.publicUrl }),
    },
    parts.views,
  );
}

async function digestRow(
  parts: Parts,
  entry: ChainEntry,
  entries: readonly ChainEntry[],
): Promise<DigestRow> {
  const { sequence, manifestSha256 } = entry;
  const { predicate } = entry.manifest;
  const row = { sequence, manifestSha256 };
  switch (predicate.kind) {
    case 'run':
    case 'amendment': {
      const sealed = await reportOf(parts, entry, entries);
      if (sealed !== undefined) return { kind: predicate.kind, ...row, report: sealed.report };
      const text = phrase('note.restsOnDestroyed', { period: predicate.period.id });
      return { kind: 'note', ...row, text };
    }
    case 'gap':
      return { kind: 'gap', ...row, period: predicate.period, reason: predicate.reason };
    case 'definition-change': {
      const { firstPeriod } = predicate.schedule;
      const text = phrase('note.definition', {
        kind: phrase(`calendar.${firstPeriod.kind}`),
        period: firstPeriod.id,
        timeZone: firstPeriod.timeZone,
      });
      return { kind: 'note', ...row, text };
    }
    case 'key-rotation':
      return {
        kind: 'note',
        ...row,
        text: phrase('note.key', { fingerprint: predicate.newKeyFingerprint }),
      };
    case 'destruction':
      return {
        kind: 'note',
        ...row,
        text: phrase('note.destroyed', {
          entries: predicate.entries.length,
          policy: predicate.policy.text,
        }),
      };
    case 'genesis':
    case 'review':
      throw new TypeError(`a ${predicate.kind} is not told of`);
  }
}

function reportUrl(parts: Parts, stream: string, runId: string): string | undefined {
  return parts.publicUrl === undefined ? undefined : `${parts.publicUrl}/${stream}/${runId}`;
}

function groupPath(stream: string, { purpose, covers }: MailGroup): string {
  return `told/${stream}/${String(covers.at(-1)).padStart(8, '0')}-${purpose}.json`;
}

function enqueuedPath(groupFile: string): string {
  return groupFile.replace(/\.json$/, '.enqueued');
}

/** What has been told of, by the names of files: almost none has to be read, however long the stream is. */
interface Told {
  /** Everything up to this entry, because a digest of it is there. */
  readonly upTo: number;
  /** Runs that have a mail of their own. */
  readonly runs: ReadonlySet<number>;
  /** Groups whose mail is not in the outbox yet. */
  readonly open: readonly MailGroup[];
}

async function readTold(parts: Parts, stream: string): Promise<Told> {
  const paths: string[] = [];
  for await (const { path } of parts.privateStore.list(`told/${stream}/`)) paths.push(path);
  const all = new Set(paths);
  const runs = new Set<number>();
  const open: MailGroup[] = [];
  let upTo = 0;
  for (const path of paths) {
    const [, digits, purpose] = /(\d+)-(run|digest)\.json$/.exec(path) ?? [];
    if (digits === undefined) continue;
    if (purpose === 'run') runs.add(Number(digits));
    else upTo = Math.max(upTo, Number(digits));
    if (all.has(enqueuedPath(path))) continue;
    const content = await parts.privateStore.read(path);
    if (content !== undefined) {
      open.push(JSON.parse(Buffer.from(content).toString('utf8')) as MailGroup);
    }
  }
  return { upTo, runs, open };
}
