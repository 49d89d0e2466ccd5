import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Composed } from '../../../src/compose';
import { compose } from '../../../src/compose';
import type { LogSource } from '../../../src/core/logs';
import { parseSettings } from '../../../src/settings';
import { copyTemplates } from '../../support/templates';

/** Templates with one daily report of two audits, so that a process of its own starts fast. */
export function smallTemplates(folder: string): string {
  return copyTemplates(folder, ['repository-deletions', 'tags-deleted']);
}

/** What a process that makes the small report is told. */
export interface Place {
  readonly templates: string;
  /** Holds the archive, its private folder and the mails. */
  readonly folder: string;
  readonly now: string;
  /** The raw logs; the shipped samples when absent. */
  readonly logs?: string;
}

export const SAMPLE_LOGS = join(__dirname, '../../../samples/logs');

export const ARCHIVE = 'archive';
export const MAIL = 'mail';
export const SENT = 'sent.txt';

/** Real parts over folders, with another log source. */
export async function composeSmall(place: Place, source?: LogSource): Promise<Composed> {
  const composed = await compose(
    parseSettings({
      TALLYMAN_LOG_ARCHIVE: place.logs ?? SAMPLE_LOGS,
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
