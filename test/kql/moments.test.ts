import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadCatalog } from '../../src/catalog/load-catalog';
import { bindParameters } from '../../src/catalog/parameters';
import type { AuditDefinition } from '../../src/core/definitions';
import { TABLE_SCHEMAS } from '../../src/core/table-schemas';
import { compileKql } from '../../src/kql/compile';
import { templateOf } from '../../src/kql/moments';

const templates = join(__dirname, '../../templates');
const audits = new Map<string, AuditDefinition>();

beforeAll(async () => {
  const { reports } = await loadCatalog(templates);
  for (const audit of reports.flatMap((report) => report.audits)) audits.set(audit.id, audit);
});

function parameters(start: string, end: string, lookBack: string): string {
  return `let PeriodStart = datetime(${start});
let PeriodEnd = datetime(${end});
let LookBackStart = datetime(${lookBack});
`;
}

/** The text that a day's run asks. */
function textOf(id: string, day: string): string {
  // One that is in no report stands for itself.
  const query = readFileSync(join(templates, 'audits', id, 'query.kql'), 'utf8');
  const audit = audits.get(id) ?? { query, lookBackDays: 14 };
  const period = {
    start: `2026-${day}T15:00:00.000Z`,
    end: `2026-${day.slice(0, 3)}02T15:00:00.000Z`,
  };
  return bindParameters(audit, { timeZone: 'Asia/Seoul' }, period).kql;
}

const now = '2026-04-03T00:00:00.000Z';

describe('the translation that is kept for another period', () => {
  it.each(readdirSync(join(templates, 'audits')))(
    'is that of a fresh translation: %s',
    async (id) => {
      const april = textOf(id, '04-01');
      await compileKql(textOf(id, '03-01'), TABLE_SCHEMAS, { now });
      const kept = await compileKql(april, TABLE_SCHEMAS, { now });
      // A copy of the schema has no translations yet; a comment keeps its moments out of the template.
      const fresh = await compileKql(`// fresh\n${april}`, { ...TABLE_SCHEMAS }, { now });
      expect(kept).toEqual(fresh);
    },
  );

  it('keeps moments apart that only meet in one period', () => {
    const query = 'print Same = PeriodStart == LookBackStart, PeriodEnd';
    const apart = parameters('2026-03-01', '2026-03-02', '2026-02-15');
    const same = parameters('2026-03-02', '2026-03-03', '2026-03-02');
    expect(templateOf(same + query, now).text).not.toBe(templateOf(apart + query, now).text);
  });
});

it('leaves a moment alone that is not in a leading let', () => {
  const query = 'print datetime(2026-03-01T15:00:00.0000000Z)';
  const march = parameters('2026-03-01', '2026-03-02', '2026-02-15');
  expect(templateOf(march + query, now).text).toContain(query);
});
