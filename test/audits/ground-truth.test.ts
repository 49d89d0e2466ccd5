import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { AuditDefinition, Catalog, ReportDefinition } from '../../src/core/definitions';
import type { LogSession, LogSource } from '../../src/core/logs';
import { parsePeriod, periodContaining, periodsFrom } from '../../src/core/period';
import type { Period, PeriodKind } from '../../src/core/period';
import { generateSamples } from '../../src/samples/generate';
import type { GroundTruth, Incident } from '../../src/samples/ground-truth';
import { askAudit, openLogs, shippedCatalog } from './ask-audit';
import type { Values } from './ask-audit';

const TIME_ZONE = 'Asia/Seoul';
const FIRST_DAY = '2026-02-26';
const DAYS = 12;
/** A Friday: the first day with a week of logs before it, as audits that look back need. */
const FIRST_AUDITED_DAY = '2026-03-06';
/** Of the Monday after it. */
const END = '2026-03-09T15:00:00.000Z';
/** Past the last record of the committed samples. */
const END_OF_SAMPLES = '2026-03-31T15:00:00.000Z';
const SEEDS = [11, 12];
/** Other tests may run beside this one. */
const PATIENCE = 300_000;

interface Found {
  readonly audit: AuditDefinition;
  readonly period: Period;
  readonly values: Values;
}

let scratch: string;
let catalog: Catalog;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'tallyman-truth-'));
  catalog = await shippedCatalog();
});
afterAll(() => rm(scratch, { recursive: true }));

function report(id: string): ReportDefinition {
  const found = catalog.reports.find((each) => each.id === id);
  if (found === undefined) throw new Error(`no report ${id}`);
  return found;
}

function periodOf(kind: PeriodKind, name: string): Period {
  const period = parsePeriod(kind, TIME_ZONE, name);
  if (period === undefined) throw new Error(`no period ${name}`);
  return period;
}

/** How many of an incident's values stand in a row, as they are or as a part. */
function matching(incident: Incident, { values }: Found): number {
  return Object.entries(incident.match).filter(([column, wanted]) =>
    String(values[column] ?? '').includes(wanted),
  ).length;
}

function dayOf(instant: string): string {
  return periodContaining('day', TIME_ZONE, instant).id;
}

function finds(found: Found, incident: Incident): boolean {
  return (
    found.audit.id === incident.audit &&
    found.period.id === dayOf(incident.from) &&
    matching(incident, found) === Object.keys(incident.match).length
  );
}

/** Whether an incident accounts for a row: its own audit's, or that of one which may report it, too. */
function accountsFor(incident: Incident, found: Found): boolean {
  const lastDay = dayOf(new Date(Date.parse(incident.to) - 1).toISOString());
  if (![dayOf(incident.from), lastDay].includes(found.period.id)) return false;
  const matches = matching(incident, found);
  return incident.audit === found.audit.id
    ? matches === Object.keys(incident.match).length
    : incident.alsoBy.includes(found.audit.id) && matches > 0;
}

function isGrave({ severity }: AuditDefinition): boolean {
  return severity === 'critical' || severity === 'high';
}

/** The grave audits, which must be silent but for incidents, and whatever must find one that day. */
function auditsFor(period: Period, { incidents }: GroundTruth): AuditDefinition[] {
  return report('daily-registry-audit').audits.filter(
    (audit) =>
      audit.expect === 'none' &&
      (isGrave(audit) ||
        incidents.some(({ audit: id, from }) => id === audit.id && dayOf(from) === period.id)),
  );
}

describe.each(SEEDS)('over the sample logs of seed %i', (seed) => {
  let truth: GroundTruth;
  let logs: { source: LogSource; session: LogSession };
  const found: Found[] = [];

  beforeAll(async () => {
    const out = join(scratch, `seed-${seed}`);
    const options = { seed, firstDay: FIRST_DAY, days: DAYS, timeZone: TIME_ZONE, out };
    const made = await generateSamples({ ...options, registries: 2, eventsPerDay: 1400 });
    truth = JSON.parse(await readFile(made.truthFile, 'utf8')) as GroundTruth;
    logs = await openLogs(out, join(scratch, 'engine'), END);
    for (const period of periodsFrom(periodOf('day', FIRST_AUDITED_DAY), END)) {
      for (const audit of auditsFor(period, truth)) {
        const rows = await askAudit(logs.session, audit, TIME_ZONE, period);
        found.push(...rows.map((values) => ({ audit, period, values })));
      }
    }
  }, PATIENCE);
  afterAll(async () => {
    await logs.session.close();
    await logs.source.close();
  });

  test('every planted incident is found by its audit on its day', () => {
    const planted = truth.incidents.filter((incident) => incident.audit !== null);
    expect(planted.length).toBeGreaterThanOrEqual(14);
    expect(planted.filter((incident) => !found.some((row) => finds(row, incident)))).toEqual([]);
  });

  test('hours without records that follow one another are one finding', () => {
    const gap = truth.incidents.find(({ kind }) => kind === 'collection-gap')!;
    const rows = found.filter((row) => finds(row, gap));
    expect(rows.map(({ values }) => values['Hours'])).toEqual([6]);
  });

  test('each audit reports incidents with the severity that they have', () => {
    for (const incident of truth.incidents) {
      const audit = catalog.audits.find((each) => each.id === incident.audit);
      expect([incident.kind, audit?.severity ?? null]).toEqual([incident.kind, incident.severity]);
    }
  });

  test('nothing else is reported as high or critical', () => {
    const grave = found.filter(({ audit }) => isGrave(audit));
    expect(grave.length).toBeGreaterThan(0);
    const unexplained = grave.filter(
      (row) => !truth.incidents.some((incident) => accountsFor(incident, row)),
    );
    expect(unexplained.map(({ audit, values }) => [audit.id, values])).toEqual([]);
  });
});

test(
  'audits that judge nothing are answered, too, and those of weeks and months',
  async () => {
    const logs = await openLogs(join(__dirname, '../../samples/logs'), scratch, END_OF_SAMPLES);
    const periods = {
      'daily-registry-audit': periodOf('day', '2026-03-10'),
      'weekly-access-review': periodOf('week', '2026-W11'),
      'monthly-evidence-summary': periodOf('month', '2026-03'),
    };
    for (const [id, period] of Object.entries(periods)) {
      for (const audit of report(id).audits.filter((each) => each.expect === 'any')) {
        const rows = await askAudit(logs.session, audit, TIME_ZONE, period);
        // Loading a log archive leaves no duplicates; every other audit has something to tell.
        expect([audit.id, rows.length > 0]).toEqual([audit.id, audit.id !== 'duplicate-records']);
      }
    }
    await logs.session.close();
    await logs.source.close();
  },
  PATIENCE,
);
