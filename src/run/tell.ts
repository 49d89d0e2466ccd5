import type { ChainEntry } from '../archive/chain';
import { headOf, readChain } from '../archive/chain';
import { stableJson } from '../core/digest';
import type { Attachment } from '../core/mail';
import type { OutgoingMail } from '../mail/outbox-records';
import type { RenderedMail } from '../render/mail';
import { renderDigestMail, renderRunMail } from '../render/mail';
import type { Parts } from './parts';
import { isMadeUp } from './plan';
import { loadSealedReport } from './sealed-report';
import type { StreamDefinition } from './streams';

/** Larger PDFs are linked, not attached: many mailboxes refuse more than 10 MB with its encoding. */
const LARGEST_ATTACHMENT_BYTES = 5_000_000;

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
    ({ sequence, manifest: { predicate } }) =>
      (predicate.kind === 'run' || predicate.kind === 'gap') && !told.has(sequence),
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
      ? await runMail(parts, newest, entries)
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
): Promise<{ rendered: RenderedMail; attachments: Attachment[] }> {
  const { report, pdf } = await loadSealedReport(parts.archive, entry, entries);
  const fits = pdf.byteLength <= LARGEST_ATTACHMENT_BYTES;
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
        : `The PDF has ${String(Math.ceil(pdf.byteLength / 1_000_000))} MB and is not attached; it is in the archive.`,
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
  const rows = await Promise.all(
    covered.map(async (entry) => {
      const { predicate } = entry.manifest;
      const { sequence, manifestSha256 } = entry;
      if (predicate.kind === 'gap') {
        const { period, reason } = predicate;
        return { kind: 'gap' as const, sequence, manifestSha256, period, reason };
      }
      const sealed = await loadSealedReport(parts.archive, entry, entries);
      return { kind: 'run' as const, sequence, manifestSha256, report: sealed.report };
    }),
  );
  return renderDigestMail(
    {
      stream,
      title: report.title,
      rows,
      sequence: newest?.sequence ?? entries.length,
      head: newest?.manifestSha256 ?? headOf(entries) ?? '',
      archiveLocation: parts.archive.location,
      ...(parts.publicUrl === undefined ? {} : { archiveUrl: parts.publicUrl }),
    },
    parts.views,
  );
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
