import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** The texts are many, and a folder without all of them can't be used. */
function shipped(path: string): string {
  return readFileSync(join(__dirname, '../../templates', path), 'utf8');
}

/** A templates folder with one audit, one report and one framework, all right. */
export const SMALL_CATALOG = {
  'audits/deletions/audit.yaml': `title: Images deleted
purpose: A deleted image cannot be examined.
tables: [ContainerRegistryRepositoryEvents]
expect: none
severity: high
columns:
  TimeGenerated: datetime
  Repository: string
  Identity: string
finding: "{{Identity}} deleted {{Repository}}"
controls:
  - acme-1.0/LOG-1
remediation: Ask for the change record.
`,
  'audits/deletions/query.kql': `ContainerRegistryRepositoryEvents
| where TimeGenerated >= PeriodStart and TimeGenerated < PeriodEnd
| where OperationName contains "Delete"
| project TimeGenerated, Repository, Identity
| order by TimeGenerated asc, Repository asc, Identity asc
`,
  'reports/daily.yaml': `title: Daily
period: day
timeZone: Asia/Seoul
deliverAt: '07:00'
settle: 6
scopes:
  - id: all
    registries: all
recipients: [compliance@example.com]
audits:
  - deletions
waivers:
  - audit: deletions
    match: { Identity: retention-bot }
    owner: Platform team
    reason: It keeps to the retention policy.
    expires: 2027-01-31
`,
  'controls/acme-1.0.yaml': `name: ACME
version: '1.0'
controls:
  LOG-1: Deletions are logged
`,
  'views/report.hbs': '<p>{{verdict}}</p>\n',
  'languages/en.yaml': shipped('languages/en.yaml'),
  'languages/ko.yaml': shipped('languages/ko.yaml'),
} as const;

type Change = string | ((text: string) => string) | undefined;

/** The small catalog in a new folder, with some files changed, added or (undefined) left out. */
export async function writeCatalog(changes: Record<string, Change> = {}): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tallyman-catalog-'));
  folders.push(folder);
  const files: Record<string, Change> = { ...SMALL_CATALOG, ...changes };
  for (const [path, change] of Object.entries(files)) {
    const original = (SMALL_CATALOG as Record<string, string>)[path] ?? '';
    const text = typeof change === 'function' ? change(original) : change;
    if (typeof change === 'function' && text === original) throw new Error(`no change: ${path}`);
    if (text === undefined) continue;
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return folder;
}

const folders: string[] = [];

/** Removes every folder that writeCatalog made. */
export async function removeCatalogs(): Promise<void> {
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true })));
}
