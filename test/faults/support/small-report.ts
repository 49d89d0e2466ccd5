import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Composed } from '../../../src/compose';
import { compose } from '../../../src/compose';
import type { LogSource } from '../../../src/core/logs';
import { parseSettings } from '../../../src/settings';

const SHIPPED = join(__dirname, '../../../templates');

/** Templates with one daily report of two audits, so that a process of its own starts fast. */
export function smallTemplates(folder: string): string {
  const audits = ['repository-deletions', 'tags-deleted'];
  for (const part of ['archive', 'controls', 'views', ...audits.map((id) => `audits/${id}`)]) {
    cpSync(join(SHIPPED, part), join(folder, part), { recursive: true });
  }
  mkdirSync(join(folder, 'reports'));
  writeFileSync(
    join(folder, 'reports/daily.yaml'),
    `title: Registry audit
period: day
timeZone: Asia/Seoul
deliverAt: "07:00"
settle: 6
scopes:
  - { id: all, registries: all }
recipients: [compliance@example.com]
audits: [${audits.join(', ')}]
waivers: []
`,
  );
  return folder;
}

/** What a process that makes the small report is told. */
export interface Place {
  readonly templates: string;
  /** Holds the archive, its private folder and the mails. */
  readonly folder: string;
  readonly now: string;
}

export const ARCHIVE = 'archive';
export const MAIL = 'mail';
export const SENT = 'sent.txt';

/** Real parts over folders, with another log source. */
export async function composeSmall(place: Place, source?: LogSource): Promise<Composed> {
  const composed = await compose(
    parseSettings({
      TALLYMAN_LOG_ARCHIVE: join(__dirname, '../../../samples/logs'),
      TALLYMAN_ARCHIVE: join(place.folder, ARCHIVE),
      TALLYMAN_TEMPLATES: place.templates,
      TALLYMAN_MAIL: 'none',
    }),
    { now: () => place.now },
  );
  return source === undefined ? composed : { ...composed, parts: { ...composed.parts, source } };
}

/** The keys of the mails that were sent, one for each time. */
export function sentKeys(folder: string): string[] {
  try {
    return readFileSync(join(folder, SENT), 'utf8').trim().split('\n');
  } catch {
    return [];
  }
}
