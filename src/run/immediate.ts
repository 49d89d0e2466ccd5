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
import { immediateAudits } from './immediate-audits';
import type { Parts } from './parts';

const HOUR_MS = 3_600_000;

/**
 * Asks chosen audits of records that have just come, and mails what they find to the readers of the reports that
 * hold them: in minutes, and again in the next report, which is the evidence. What a reader's reports all accept is
 * left out. A batch that comes again is not told of twice. Gives the number of findings.
 */
export async function tellAtOnce(
  parts: Parts,
  chosen: readonly string[],
  records: readonly CapturedRecord[],
  now: Instant,
): Promise<number> {
  const audits = immediateAudits(parts.catalog, chosen);
  if (audits.length === 0 || records.length === 0 || parts.mail === undefined) return 0;
  const answers = await answersIn(parts, audits, records, now);
  const { from, outbox } = parts.mail;
  const told = new Set<string>();
  for (const [to, reports] of readersOf(parts, chosen)) {
    const open = new Set(reports.flatMap((report) => openKeys(report, answers, now)));
    if (open.size === 0) continue;
    for (const key of open) told.add(key);
    // In the language of the first report that the reader gets; its audits have their texts in it.
    const [report] = reports;
    const language = parts.views.languages[report.language ?? 'en'];
    const worded = audits.map((audit) => report.audits.find(({ id }) => id === audit.id) ?? audit);
    const findings = findingsOfAll(
      { audits: worded, waivers: [], operations: report.operations },
      answers,
      now,
    ).filter(({ key }) => open.has(key));
    const mail = renderImmediateMail(findings, worded, now, language);
    // The same findings give the same mail, which the outbox takes once.
    const digest = sha256(stableJson([...open].sort()));
    await outbox.enqueue([
      {
        stream: 'immediate.all',
        sequence: Number.parseInt(digest.slice(0, 12), 16),
        purpose: 'immediate',
        mail: { ...mail, from, to, attachments: [], date: now },
      },
    ]);
  }
  if (told.size > 0) await outbox.drain();
  return told.size;
}

/** A report and those after it. */
type Reports = readonly [ReportDefinition, ...ReportDefinition[]];

/** Each reader of reports that hold a chosen audit, with those reports. */
function readersOf({ catalog }: Parts, chosen: readonly string[]): Map<string, Reports> {
  const readers = new Map<string, Reports>();
  for (const report of catalog.reports) {
    if (!report.audits.some(({ id }) => chosen.includes(id))) continue;
    for (const to of report.recipients) {
      const before = readers.get(to);
      readers.set(to, before === undefined ? [report] : [...before, report]);
    }
  }
  return readers;
}

/** The findings of a report's audits that it has no waiver for. */
function openKeys(
  report: ReportDefinition,
  answers: ReadonlyMap<string, Table>,
  now: Instant,
): string[] {
  return findingsOfAll(report, answers, now).flatMap(({ key, waiver }) =>
    waiver === undefined ? [key] : [],
  );
}

function findingsOfAll(
  { audits, waivers, operations }: Pick<ReportDefinition, 'audits' | 'waivers' | 'operations'>,
  answers: ReadonlyMap<string, Table>,
  now: Instant,
): Finding[] {
  const rules = { waivers, operations, today: now.slice(0, 10) };
  return audits.flatMap((audit) => {
    const table = answers.get(audit.id);
    return table === undefined ? [] : findingsOf(audit, table, rules);
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
