import { parsePeriod } from '../../src/core/period';
import { gatherPast } from '../../src/run/past';
import { findStreams } from '../../src/run/streams';
import { fillArchive, buildArchive } from '../support/archives';
import type { TestArchive } from '../support/archives';
import { catalogOf, reportOf } from '../support/empty-reports';

const ZONE = 'Asia/Seoul';

const week = (id: string) => parsePeriod('week', ZONE, id)!;

let built: TestArchive;

beforeAll(async () => {
  // Five days from Monday 2 March: a run, a run, a gap, two runs.
  built = await buildArchive();
});
afterAll(() => built.remove());

it('finds the days of a week in the daily stream over the same registries', async () => {
  const catalog = catalogOf(reportOf('weekly', 'week'), reportOf('daily', 'day'));
  const [weekly] = findStreams(catalog, 'weekly');
  const past = await gatherPast({ archive: built.archive, catalog }, weekly!, week('2026-W10'), []);
  expect(past?.dailyStream).toBe('daily.all');
  expect(past?.days.map(({ period, outcome }) => [period.id, outcome])).toEqual([
    ['2026-03-02', 'pass'],
    ['2026-03-03', 'pass'],
    ['2026-03-04', 'gap'],
    ['2026-03-05', 'pass'],
    ['2026-03-06', 'pass'],
  ]);
  const [first] = past!.days;
  expect(first?.entry).toEqual({
    sequence: built.entries[1]?.sequence,
    sha256: built.entries[1]?.manifestSha256,
  });
  const next = await gatherPast({ archive: built.archive, catalog }, weekly!, week('2026-W11'), []);
  expect(next?.days).toEqual([]);
});

it('takes no days that another clock divides, and none for a day', async () => {
  const catalog = catalogOf(reportOf('weekly', 'week', 'UTC'), reportOf('daily', 'day'));
  const [weekly] = findStreams(catalog, 'weekly');
  const parts = { archive: built.archive, catalog };
  expect(await gatherPast(parts, weekly!, week('2026-W10'), [])).toEqual({ before: [], days: [] });
  const [daily] = findStreams(catalog, 'daily');
  const day = parsePeriod('day', ZONE, '2026-03-07')!;
  expect(await gatherPast(parts, daily!, day, built.entries)).toBeUndefined();
});

it('compares with at most six periods before, in order of time', async () => {
  const catalog = catalogOf(reportOf('weekly', 'week'));
  const { entries } = await fillArchive(built.archive, built.signer, {
    reportId: 'weekly',
    periods: 9,
    gaps: [7],
    firstPeriod: week('2026-W02'),
  });
  const [weekly] = findStreams(catalog, 'weekly');
  const past = await gatherPast(
    { archive: built.archive, catalog },
    weekly!,
    week('2026-W10'),
    entries,
  );
  expect(past?.before.map(({ period, outcome }) => [period.id, outcome])).toEqual([
    ['2026-W04', 'pass'],
    ['2026-W05', 'pass'],
    ['2026-W06', 'pass'],
    ['2026-W07', 'pass'],
    ['2026-W08', 'pass'],
    ['2026-W09', 'gap'],
  ]);
});
