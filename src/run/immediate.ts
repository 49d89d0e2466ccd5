import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findingsOf } from '../assess/findings';
import { bindParameters } from '../catalog/parameters';
import type { AuditDefinition, ReportDefinition } from '../core/definitions';
import { sha256, stableJson } from '../core/digest';
import type { Instant, Interval } from '../core/period';
import { toInstant } from '../core/period';
import type { Finding } from '../core/report';
import type { Table } from '../core/table';
import type { CapturedRecord } from '../logs/captured-records';
import { createFolderSink } from '../logs/folder-sink';
import { createFolderTree } from '../logs/folder-tree';
import { createLogArchive } from '../logs/log-archive';
import { renderImmediateMail } from '../render/immediate-mail';
import type { Parts } from './parts';

const HOUR_MS = 3_600_000;

/**
 * Asks chosen audits of records that have just come, and mails what they find to the readers of the reports that
 * hold them: in minutes, and again in the next report, which is the evidence. A batch that comes again is not told
 * of twice. Gives the number of findings. Audits that look further back than the records can't be asked so.
 */
export async function tellAtOnce(
  parts: Parts,
  chosen: readonly string[],
  records: readonly CapturedRecord[],
  now: Instant,
): Promise<number> {
  const audits = parts.catalog.audits.filter(
    ({ id, lookBackDays, expect }) =>
      chosen.includes(id) && lookBackDays === 0 && expect === 'none',
  );
  if (audits.length === 0 || records.length === 0 || parts.mail === undefined) return 0;
  const answers = await answersIn(parts, audits, records, now);
  const findings = findingsOfAll(audits, answers, now);
  if (findings.length === 0) return 0;
  // The same findings give the same mail, which the outbox takes once.
  const digest = sha256(stableJson(findings.map(({ key }) => key).sort()));
  const { from, outbox } = parts.mail;
  for (const [to, report] of readersOf(parts, chosen)) {
    // In the language of the first report that the reader gets; its audits have their texts in it.
    const language = parts.views.languages[report.language ?? 'en'];
    const worded = audits.map((audit) => report.audits.find(({ id }) => id === audit.id) ?? audit);
    const mail = renderImmediateMail(findingsOfAll(worded, answers, now), worded, now, language);
    await outbox.enqueue([
      {
        stream: 'immediate.all',
        sequence: Number.parseInt(digest.slice(0, 12), 16),
        purpose: 'immediate',
        mail: { ...mail, from, to, attachments: [], date: now },
      },
    ]);
  }
  await outbox.drain();
  return findings.length;
}

/** Each reader of a report that holds a chosen audit, with the first such report. */
function readersOf({ catalog }: Parts, chosen: readonly string[]): Map<string, ReportDefinition> {
  const readers = new Map<string, ReportDefinition>();
  for (const report of catalog.reports) {
    if (!report.audits.some(({ id }) => chosen.includes(id))) continue;
    for (const to of report.recipients) if (!readers.has(to)) readers.set(to, report);
  }
  return readers;
}

function findingsOfAll(
  audits: readonly AuditDefinition[],
  answers: ReadonlyMap<string, Table>,
  now: Instant,
): Finding[] {
  return audits.flatMap((audit) => {
    const table = answers.get(audit.id);
    return table === undefined ? [] : findingsOf(audit, table, [], now.slice(0, 10));
  });
}

/** The answers to the audits' questions about the records alone, by audit. */
async function answersIn(
  parts: Parts,
  audits: readonly AuditDefinition[],
  records: readonly CapturedRecord[],
  now: Instant,
): Promise<Map<string, Table>> {
  const scratch = await mkdtemp(join(tmpdir(), 'tallyman-immediate-'));
  try {
    const logs = join(scratch, 'logs');
    await layOut(logs, records, now);
    const source = createLogArchive({
      tree: createFolderTree(logs),
      scratch: join(scratch, 'work'),
      now: () => now,
      missingTables: 'empty',
      ownTables: parts.catalog.tables.own,
    });
    const window = windowOf(records, now);
    const tables = [...new Set(audits.flatMap((audit) => audit.tables))];
    const session = await source.open({
      scope: { id: 'all', registries: 'all' },
      window,
      tables,
    });
    try {
      const found = new Map<string, Table>();
      for (const audit of audits) {
        const { kql } = bindParameters(audit, { timeZone: 'UTC' }, window);
        const answer = await session.query(kql);
        if (answer.status !== 'failed') found.set(audit.id, answer.table);
      }
      return found;
    } finally {
      await session.close();
      await source.close();
    }
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function layOut(
  folder: string,
  records: readonly CapturedRecord[],
  now: Instant,
): Promise<void> {
  const sink = createFolderSink(folder);
  const hour = `y=${now.slice(0, 4)}/m=${now.slice(5, 7)}/d=${now.slice(8, 10)}/h=${now.slice(11, 13)}/m=00`;
  for (const { category, resource, line } of records) {
    await sink.append(`${category}/${resource}/${hour}/PT1H.json`, `${line}\n`);
  }
}

/** From the oldest record to the newest, and that one included. */
function windowOf(records: readonly CapturedRecord[], now: Instant): Interval {
  const times = records
    .map(({ line }) => Date.parse((JSON.parse(line) as { time: string }).time))
    .sort((a, b) => a - b);
  const [oldest = Date.parse(now)] = times;
  const newest = times.at(-1) ?? oldest;
  return {
    start: toInstant(new Date(Math.floor(oldest / HOUR_MS) * HOUR_MS)),
    end: toInstant(new Date(newest + 1)),
  };
}
