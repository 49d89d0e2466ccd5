import { EVENT_TABLES } from '../../assess/coverage-questions';
import type { LogSource } from '../../core/logs';
import type { Instant } from '../../core/period';
import { toInstant } from '../../core/period';
import type { Check } from './check';

const DAY_MS = 86_400_000;
const DAYS = 2;

/** Asks the logs for the last two days: whether they can be asked, and whether events come. */
export async function checkLogs(source: LogSource, now: Instant): Promise<Check[]> {
  const start = toInstant(new Date(Date.parse(now) - DAYS * DAY_MS));
  const window = { start, end: now };
  const session = await source.open({
    scope: { id: 'all', registries: 'all' },
    window,
    tables: EVENT_TABLES,
  });
  try {
    const { registries, unreadable } = session.intake();
    const checks: Check[] = [
      {
        name: 'Logs',
        status: registries.length > 0 ? 'good' : 'unknown',
        text: `${source.description.location} can be asked; it holds logs of ${registries.length === 0 ? 'no registry' : registries.join(', ')}.`,
      },
    ];
    for (const table of EVENT_TABLES) {
      const answer = await session.query(
        `${table} | where TimeGenerated >= datetime(${start}) | summarize Records = count(), Newest = max(TimeGenerated)`,
      );
      const name = `Table ${table}`;
      if (answer.status === 'failed') {
        const status = answer.code === 'table-missing' ? 'bad' : 'unknown';
        checks.push({ name, status, text: answer.reason });
        continue;
      }
      const [[records, newest] = []] = answer.table.rows;
      checks.push(
        Number(records) > 0
          ? {
              name,
              status: 'good',
              text: `${String(records)} records, the newest of ${String(newest)}.`,
            }
          : { name, status: 'unknown', text: `No record of the last ${DAYS} days.` },
      );
    }
    if (unreadable.length > 0) {
      const text = `${unreadable.length} log lines can’t be read; the first is in ${unreadable[0]?.blob ?? ''}.`;
      checks.push({ name: 'Log lines', status: 'bad', text });
    }
    return checks;
  } finally {
    await session.close();
  }
}
