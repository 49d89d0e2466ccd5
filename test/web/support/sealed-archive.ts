import { appendEntry, chainSubject, linkAfter, startStream } from '../../../src/archive/chain';
import type { ChainEntry } from '../../../src/archive/chain';
import { createFolderStore } from '../../../src/archive/folder-store';
import { manifestOf, sealedPeriod } from '../../../src/archive/manifest';
import type { Subject } from '../../../src/archive/manifest';
import { openSigningKey } from '../../../src/archive/signing-key';
import { loadAuditorFiles } from '../../../src/archive/auditor-files';
import type { Archive, Signer } from '../../../src/core/archive';
import { sha256, stableJson } from '../../../src/core/digest';
import type { Outcome } from '../../../src/core/outcome';
import { nextPeriod, parsePeriod } from '../../../src/core/period';
import type { Period } from '../../../src/core/period';
import { join } from 'node:path';

export const HOSTILE = '<script>alert(1)</script>\u202e"quoted"';

const SOFTWARE = { name: 'tallyman', version: '0.1.0', commit: 'test' };
const NO_FINDINGS = { critical: 0, high: 0, medium: 0, low: 0, info: 0 };

/** What becomes of a day: a run with an outcome, made up or not, or no run. */
export type Day = Outcome | 'made-up' | 'gap';

export interface SealedArchive {
  readonly archive: Archive;
  readonly folder: string;
  readonly entries: readonly ChainEntry[];
}

/**
 * A real, signed archive in a folder: one stream of days in Seoul from `first` on. Called again for the
 * same folder and stream, it goes on where it ended.
 */
export async function sealArchive(
  folder: string,
  days: readonly Day[],
  options: { readonly first?: string } = {},
): Promise<SealedArchive> {
  const stream = 'daily.all';
  const archive = createFolderStore(folder);
  const signer = await openSigningKey({ file: `${folder}.private/key.pem` });
  const first = parsePeriod('day', 'Asia/Seoul', options.first ?? '2026-03-01')!;
  let entries = await startStream(
    archive,
    signer,
    {
      stream,
      reportId: 'daily',
      scopeId: 'all',
      definitionSha256: sha256('definition'),
      schedule: { firstPeriod: sealedPeriod(first), deliverAt: '07:00', settleHours: 4 },
      software: SOFTWARE,
      startedAt: first.start,
      sealedAt: first.start,
    },
    await loadAuditorFiles(join(__dirname, '../../../templates/archive')),
  );
  let period = first;
  for (let sealed = 1; sealed < entries.length; sealed += 1) period = nextPeriod(period);
  for (const day of days) {
    const entry = await sealDay(archive, signer, stream, entries, period, day);
    entries = [...entries, entry];
    period = nextPeriod(period);
  }
  return { archive, folder, entries };
}

async function sealDay(
  archive: Archive,
  signer: Signer,
  stream: string,
  entries: readonly ChainEntry[],
  period: Period,
  day: Day,
): Promise<ChainEntry> {
  const subject = day === 'gap' ? undefined : await writeRun(archive, stream, period, day);
  const sealedAt = new Date(Date.parse(period.end) + (day === 'made-up' ? 40 : 7) * 3_600_000);
  const entry = await appendEntry(
    archive,
    signer,
    stream,
    (previous) => {
      const shared = {
        stream,
        ...linkAfter(previous, signer),
        software: SOFTWARE,
        startedAt: sealedAt.toISOString(),
        sealedAt: sealedAt.toISOString(),
        period: sealedPeriod(period),
      };
      if (subject === undefined) {
        return manifestOf([chainSubject(previous!)], {
          ...shared,
          kind: 'gap',
          reason: `The logs could not be read: ${HOSTILE}`,
          attempts: 6,
          since: period.end,
        });
      }
      const outcome = outcomeOf(day);
      return manifestOf(subject, {
        ...shared,
        kind: 'run',
        outcome,
        definitionSha256: sha256('definition'),
        audits: [
          {
            id: 'repository-deletions',
            outcome,
            querySha256: sha256('query'),
            rows: outcome === 'fail' ? 2 : 0,
            answer: outcome === 'error' ? 'failed' : 'complete',
            executedAt: sealedAt.toISOString(),
          },
        ],
        counts: {
          audits: { error: 0, fail: 0, info: 0, pass: 0, [outcome]: 1 },
          findings: { ...NO_FINDINGS, high: outcome === 'fail' ? 2 : 0 },
          waived: 0,
        },
        intake: { blobs: 24, bytes: 1_000_000, records: 4321, duplicates: 3, unreadable: 0 },
        trigger: day === 'made-up' ? 'catch-up' : 'timer',
      });
    },
    entries,
  );
  return entry!;
}

async function writeRun(
  archive: Archive,
  stream: string,
  period: Period,
  day: Day,
): Promise<Subject[]> {
  const outcome = outcomeOf(day);
  const verdict =
    outcome === 'fail'
      ? `2 findings need a reviewer: ${HOSTILE}`
      : outcome === 'error'
        ? '1 question could not be answered.'
        : 'Everything was as expected.';
  const files: Record<string, string> = {
    'definition.json': stableJson({ definition: 'of a test' }),
    'run.json': stableJson({ stream, runId: period.id }),
    'report.html': `<!doctype html><meta charset="utf-8"><title>Report ${period.id}</title><style>h1{color:rgb(1,2,3)}</style><h1>Report ${period.id}</h1><a href="evidence/repository-deletions.json">evidence</a><script>document.title='scripted'</script>`,
    'report.pdf': '%PDF-1.7\n%âãÏÓ\nnot much of a report\n',
    'findings.csv': 'Severity,Audit\r\nhigh,repository-deletions\r\n',
    'summary.json': stableJson({
      schema: 'tallyman/summary/1',
      stream,
      runId: period.id,
      title: 'Registry audit',
      verdict,
      outcome,
      madeUp: day === 'made-up',
      coverage: { verdict: 'Yes, for 48 of 48 registry-hours.', complete: true, tables: [] },
      audits: [
        {
          id: 'repository-deletions',
          title: 'Repositories and manifests deleted by a person',
          outcome,
          severity: 'high',
          reason: `Row text ${HOSTILE}`,
          findings: outcome === 'fail' ? 2 : 0,
          waived: 0,
          rows: 2,
        },
      ],
    }),
    'evidence/repository-deletions.kql': 'ContainerRegistryRepositoryEvents\n| take 1\n',
    'evidence/repository-deletions.json': `{"tables":[{"rows":[[${JSON.stringify(HOSTILE)}]]}]}\n`,
  };
  const subject: Subject[] = [];
  for (const [name, text] of Object.entries(files)) {
    const content = Buffer.from(text);
    await archive.create(`${stream}/runs/${period.id}/${name}`, content);
    subject.push({ name: `runs/${period.id}/${name}`, digest: { sha256: sha256(content) } });
  }
  return subject;
}

function outcomeOf(day: Day): Outcome {
  return day === 'made-up' || day === 'gap' ? 'pass' : day;
}
