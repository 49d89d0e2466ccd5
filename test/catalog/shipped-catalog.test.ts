import { join } from 'node:path';

import { formatProblem } from '../../src/core/errors';
import { checkCatalog } from '../../src/catalog/lint';
import { loadCatalog } from '../../src/catalog/load-catalog';
import { bindParameters } from '../../src/catalog/parameters';
import { TABLE_SCHEMAS } from '../../src/core/table-schemas';
import { compileKql } from '../../src/kql/compile';

const TEMPLATES = join(__dirname, '../../templates');

test('the shipped definitions have no problem', async () => {
  const { problems } = await checkCatalog(TEMPLATES);
  expect(problems.map(formatProblem)).toEqual([]);
});

test('every shipped query can be answered offline, too', async () => {
  const { audits } = await loadCatalog(TEMPLATES);
  const period = { start: '2026-03-01T15:00:00.000Z', end: '2026-03-02T15:00:00.000Z' };
  expect(audits.length).toBeGreaterThanOrEqual(30);
  for (const audit of audits) {
    const { kql } = bindParameters(audit, { timeZone: 'Asia/Seoul' }, period);
    const compiled = await compileKql(kql, TABLE_SCHEMAS, { now: period.end });
    expect([audit.id, compiled.columns]).toEqual([audit.id, audit.columns]);
    expect([audit.id, compiled.approximate]).toEqual([audit.id, false]);
  }
});

test('the daily report asks at least 24 audits', async () => {
  const { reports } = await loadCatalog(TEMPLATES);
  expect(reports.map(({ id, period }) => [id, period])).toEqual([
    ['daily-registry-audit', 'day'],
    ['monthly-evidence-summary', 'month'],
    ['quarterly-board-summary', 'quarter'],
    ['weekly-access-review', 'week'],
  ]);
  expect(reports[0]?.audits.length).toBeGreaterThanOrEqual(24);
});

test('there are words for each operation of Azure that a shipped query names in full', async () => {
  const { audits, reports } = await loadCatalog(TEMPLATES);
  const words = Object.keys(reports[0]?.operations ?? {});
  const named = audits.flatMap(({ query }) =>
    Array.from(
      query.matchAll(/"(MICROSOFT\.[A-Z/]+\/(?:WRITE|DELETE|ACTION))"/g),
      ([, name]) => name,
    ),
  );
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((name) => !words.includes(name ?? ''))).toEqual([]);
});
