import type { ChainEntry } from '../archive/chain';
import { headOf, readChain } from '../archive/chain';
import { stableJson } from '../core/digest';
import { ATTACHED_MEGABYTES } from '../core/definitions';
import { phrase } from '../core/language';
import type { Attachment } from '../core/mail';
import type { OutgoingMail } from '../mail/outbox-records';
import type { Predicate } from '../archive/manifest';
import type { DigestRow, RenderedMail } from '../render/mail';
import { renderDigestMail, renderRunMail } from '../render/mail';
import { notAttachedText } from '../render/words';
import type { Parts } from './parts';
import { isMadeUp } from './plan';
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

/**
 * Puts a mail into the outbox for every sealed entry that none has told of yet: one for each run made in
 * its time, and a single digest for all that were made up after the fact and for gaps. Safe to call again.
 */
export async function tellStream(parts: Parts, definition: StreamDefinition): Promise<void> {
  const { stream, report } = definition;
  const { mail } = parts;
  if (mail === undefined || report.recipients.length === 0) return;
  const entries = await readChain(parts.archive, stream);
  const { groups, enqueued } = await readGroups(parts, stream);
  const told = new Set(groups.flatMap((group) => group.covers));
  const untold = entries.filter(
    ({ manifest, sequence }) => !UNTOLD.includes(manifest.predicate.kind) && !told.has(sequence),
  );
  for (const group of groupEntries(definition, untold)) {
    await parts.privateStore.create(groupPath(stream, group), Buffer.from(stableJson(group)));
    groups.push(group);
  }
  for (const group of groups) {
    const path = groupPath(stream, group);
    if (enqueued.has(path)) continue;
    await mail.outbox.enqueue(await mailsOf(parts, mail.from, definition, entries, group));
    await parts.privateStore.create(enqueuedPath(path), Buffer.from('{}\n'));
  }
}

function groupEntries(definition: StreamDefinition, untold: readonly ChainEntry[]): MailGroup[] {
  const alone = untold.filter((entry) => !isMadeUpEntry(definition, entry));
  const late = untold.filter((entry) => isMadeUpEntry(definition, entry));
  const groups: MailGroup[] = alone.map((entry) => ({ purpose: 'run', covers: [entry.sequence] }));
  if (late.length > 0) {
    groups.push({ purpose: 'digest', covers: late.map((entry) => entry.sequence) });
  }
  return groups;
}

function isMadeUpEntry({ report }: StreamDefinition, entry: ChainEntry): boolean {
  const { predicate } = entry.manifest;
  return predicate.kind !== 'run' || isMadeUp(report, predicate.period, predicate.startedAt);
}

async function mailsOf(
  parts: Parts,
  from: string,
  definition: StreamDefinition,
  entries: readonly ChainEntry[],
  group: MailGroup,
): Promise<OutgoingMail[]> {
  const covered = entries.filter((entry) => group.covers.includes(entry.sequence));
  const newest = covered.at(-1);
  if (newest === undefined) return [];
  const { rendered, attachments } =
    group.purpose === 'run'
      ? await runMail(parts, newest, entries, definition.report.attachUpTo)
      : { rendered: await digestMail(parts, definition, entries, covered), attachments: [] };
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

async function runMail(
  parts: Parts,
  entry: ChainEntry,
  entries: readonly ChainEntry[],
  attachUpTo = ATTACHED_MEGABYTES,
): Promise<{ rendered: RenderedMail; attachments: Attachment[] }> {
  const { report, pdf } = await loadSealedReport(parts.archive, entry, entries);
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
      const { report } = await loadSealedReport(parts.archive, entry, entries);
      return { kind: predicate.kind, ...row, report };
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

async function readGroups(
  parts: Parts,
  stream: string,
): Promise<{ groups: MailGroup[]; enqueued: Set<string> }> {
  const groups: MailGroup[] = [];
  const enqueued = new Set<string>();
  for await (const { path } of parts.privateStore.list(`told/${stream}/`)) {
    if (path.endsWith('.enqueued')) {
      enqueued.add(path.replace(/\.enqueued$/, '.json'));
      continue;
    }
    const content = await parts.privateStore.read(path);
    if (content === undefined) continue;
    groups.push(JSON.parse(Buffer.from(content).toString('utf8')) as MailGroup);
  }
  return { groups, enqueued };
}
