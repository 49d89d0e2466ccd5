import { coverageModel } from '../../src/render/coverage-model';
import { reportModel } from '../../src/render/report-model';
import { auditResult, coverageHours, periodOf, sampleReport, tableOf } from '../support/reports';
import type { Period } from '../../src/core/period';
import type { RegistryCoverage } from '../../src/core/report';
import { ENGLISH } from '../support/languages';

function modelOf(period: Period, registries: readonly RegistryCoverage[]) {
  const report = sampleReport();
  return coverageModel(
    { ...report, period, coverage: { ...report.coverage, registries } },
    ENGLISH,
  );
}

describe('coverageModel', () => {
  it('says the coverage whole in its chapter, and on page one up to a word where it is long', () => {
    const report = sampleReport();
    const verdict = 'No record came. '.repeat(40).trim();
    const told = coverageModel({ ...report, coverage: { ...report.coverage, verdict } }, ENGLISH);
    expect(told.verdict).toBe(verdict);
    expect(told.verdictOnPageOne.length).toBeLessThan(500);
    expect(told.verdictOnPageOne).toMatch(/ (came\.|No|record)… \(see “Coverage in full”\)\.$/);
    const short = { ...report, coverage: { ...report.coverage, verdict: 'Yes.' } };
    expect(coverageModel(short, ENGLISH).verdictOnPageOne).toBe('Yes.');
  });

  it('shows a day by its hours and names the hours that are not covered', () => {
    const period = periodOf('day', '2026-11-21');
    const hours = coverageHours(period, { unknown: [3, 4, 9], gap: [12], quiet: [1] });
    const [strip] = modelOf(period, [{ registry: 'fabrikam', hours }]).strips;
    expect(strip?.caption).toBe(
      '20 of 24 hours covered; 1 of them quiet; gap 12:00–13:00; unknown 03:00–05:00, 09:00–10:00',
    );
    const cells = strip?.lines[0]?.cells ?? [];
    expect(cells.map((cell) => cell.letter).join('')).toBe('–???!');
    expect(cells[12]?.title).toBe('12:00–13:00: gap, 0 records, the platform counted 212');
    expect(cells.map((cell) => cell.tick).filter((tick) => tick !== '')).toEqual([
      '00',
      '06',
      '12',
      '18',
    ]);
  });

  it('gives a day of the clock change as many cells as it has hours', () => {
    const period = periodOf('day', '2026-03-29', 'Europe/Berlin');
    const [strip] = modelOf(period, [{ registry: 'a', hours: coverageHours(period) }]).strips;
    expect(strip?.lines[0]?.cells).toHaveLength(23);
  });

  it('shows a month by its days, each as its worst hour', () => {
    const period = periodOf('month', '2026-11');
    const hours = coverageHours(period, { unknown: [25], quiet: [0, 50] });
    const [strip] = modelOf(period, [{ registry: 'a', hours }]).strips;
    const cells = strip?.lines[0]?.cells ?? [];
    expect(cells).toHaveLength(30);
    expect(cells.slice(0, 3).map((cell) => cell.style)).toEqual([
      'collected',
      'unknown',
      'collected',
    ]);
    expect(cells[1]?.title).toBe('2 Nov: unknown, 23 of 24 hours covered');
    expect(strip?.caption).toContain('unknown 2 Nov 01:00–02:00');
  });

  it('tells of a registry that was created in the period and that no record came of', () => {
    const report = sampleReport();
    const created = (name: string, outcome: string): string[] => [
      'MICROSOFT.CONTAINERREGISTRY/REGISTRIES/WRITE',
      `/subscriptions/0/resourcegroups/rg/providers/microsoft.containerregistry/registries/${name}`,
      outcome,
    ];
    const table = tableOf(
      ['OperationName', 'ResourceId', 'Outcome'],
      [created('sandbox', 'succeeded'), created('contoso', 'succeeded'), created('no', 'failed')],
    );
    const audit = {
      ...auditResult({ id: 'a', title: 'A', table }, report.period),
      tables: ['AzureActivity'],
    };
    const { coverage, notices } = reportModel({ ...report, audits: [audit] }, ENGLISH);
    expect(coverage.unheard).toBe(
      'Registry created or changed, and no record of its own came: sandbox. Whether its events are collected is not known.',
    );
    expect(notices).toContain(coverage.unheard);
    expect(reportModel(report, ENGLISH).coverage.unheard).toBe('');
  });

  it('breaks a quarter into months', () => {
    const period = periodOf('quarter', '2026-Q1');
    const [strip] = modelOf(period, [{ registry: 'a', hours: coverageHours(period) }]).strips;
    expect(strip?.lines.map((line) => line.cells.length)).toEqual([31, 28, 31]);
  });

  it('puts the worst registries on page one and says how many others there are', () => {
    const period = periodOf('day', '2026-11-21');
    const registries = Array.from({ length: 9 }, (_, index) => ({
      registry: `r${String(index)}`,
      hours: coverageHours(period, index === 7 ? { unknown: [1] } : {}),
    }));
    const model = modelOf(period, registries);
    expect(model.stripsOnPageOne.map((strip) => strip.registry)).toEqual(['r7', 'r0']);
    expect(model.moreStrips).toBe(
      '7 more registries with no worse coverage: see “Coverage in full”.',
    );
    expect(model.strips).toHaveLength(9);
  });

  it('counts the ranges that it does not name', () => {
    const period = periodOf('day', '2026-11-21');
    const hours = coverageHours(period, { unknown: [0, 2, 4, 6, 8, 10, 12, 14] });
    const [strip] = modelOf(period, [{ registry: 'a', hours }]).strips;
    expect(strip?.caption).toMatch(/04:00–05:00 and 5 more ranges$/);
  });
});

it('names what else was looked at, also where it was not', () => {
  const { proofs } = coverageModel(sampleReport(), ENGLISH);
  expect(proofs.map(({ name, state }) => [name, state])).toEqual([
    ['Diagnostic settings', 'not looked at'],
    ['Canary logins', 'not looked at'],
  ]);
});
