import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TABLE_SCHEMAS } from '../../src/core/table-schemas';
import { compileKql } from '../../src/kql/compile';
import { templateOf } from '../../src/kql/moments';

const audits = join(__dirname, '../../templates/audits');

function parameters(start: string, end: string, lookBack: string): string {
  return `let PeriodStart = datetime(${start});
let PeriodEnd = datetime(${end});
let LookBackStart = datetime(${lookBack});
let PeriodTimeZone = 'Asia/Seoul';
`;
}

const march = parameters(
  '2026-03-01T15:00:00.0000000Z',
  '2026-03-02T15:00:00.0000000Z',
  '2026-02-15T15:00:00.0000000Z',
);
const april = parameters(
  '2026-04-01T15:00:00.0000000Z',
  '2026-04-02T15:00:00.0000000Z',
  '2026-03-18T15:00:00.0000000Z',
);
const now = '2026-04-03T00:00:00.000Z';

describe('the translation that is kept for another period', () => {
  it.each(readdirSync(audits))('is that of a fresh translation: %s', async (id) => {
    const query = readFileSync(join(audits, id, 'query.kql'), 'utf8');
    await compileKql(march + query, TABLE_SCHEMAS, { now });
    const kept = await compileKql(april + query, TABLE_SCHEMAS, { now });
    // A copy of the schema has no translations yet; a comment keeps its moments out of the template.
    const fresh = await compileKql(`// fresh\n${april}${query}`, { ...TABLE_SCHEMAS }, { now });
    expect(kept).toEqual(fresh);
  });

  it('keeps moments apart that only meet in one period', () => {
    const query = 'print Same = PeriodStart == LookBackStart, PeriodEnd';
    const same = parameters('2026-03-02', '2026-03-03', '2026-03-02');
    expect(templateOf(same + query, now).text).not.toBe(templateOf(march + query, now).text);
  });
});

it('leaves a moment alone that is not in a leading let', () => {
  const query = 'print datetime(2026-03-01T15:00:00.0000000Z)';
  expect(templateOf(march + query, now).text).toContain(query);
});
