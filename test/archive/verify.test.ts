import type { DiscrepancyCode } from '../../src/archive/discrepancies';
import { DISCREPANCIES, NOTES } from '../../src/archive/discrepancies';
import type { SealedPeriod } from '../../src/archive/manifest';
import type { Outline, OutlinedEntry } from '../../src/archive/outline';
import { sealedPeriod } from '../../src/archive/manifest';
import { verifyArchive } from '../../src/archive/verify';
import type { DateRange } from '../../src/archive/verify-periods';
import { bytesOfBase64 } from '../../src/archive/base64';
import { checkPeriods, firstDateOf } from '../../src/archive/verify-periods';
import type { Archive } from '../../src/core/archive';
import type { Period, PeriodKind } from '../../src/core/period';
import { nextPeriod, parsePeriod, periodContaining } from '../../src/core/period';
import type { TestArchive } from '../support/archives';
import { buildArchive } from '../support/archives';

describe('verifyArchive', () => {
  let intact: TestArchive;
  beforeAll(async () => {
    intact = await buildArchive();
  });
  afterAll(() => intact.remove());

  it('tells what it checked and what it can’t tell', async () => {
    const result = await verifyArchive(intact.archive);
    expect(result.verdict).toBe(
      'Good: everything is as it was sealed (1 stream, 6 entries, 4 runs, 1 gap record). Not checked: the head, the range, times, the storage’s retention policy.',
    );
    expect(result.streams).toEqual([
      {
        stream: 'daily.all',
        entries: 6,
        runs: 4,
        gaps: 1,
        amendments: 0,
        reviews: 0,
        destroyed: 0,
        witnesses: { count: 0 },
        headSeen: false,
        head: intact.entries[5]!.manifestSha256,
        from: '2026-03-02',
        to: '2026-03-07',
      },
    ]);
    expect(result.notChecked.join(' ')).toMatch(/No head.*No whole range/s);
    const asked = { from: '2026-03-02', to: '2026-03-07', head: result.streams[0]!.head! };
    const full = await verifyArchive(intact.archive, asked);
    expect(full.good).toBe(true);
    expect(full.notChecked.join(' ')).not.toMatch(/No head|No whole range/);
  });

  it('takes no sealed file into memory', async () => {
    const evidence = /^daily\.all\/runs\//;
    const read: string[] = [];
    const watched: Archive = {
      ...intact.archive,
      read: (path) => {
        read.push(path);
        return intact.archive.read(path);
      },
    };
    expect((await verifyArchive(watched)).good).toBe(true);
    expect(read.filter((path) => evidence.test(path))).toEqual([]);
  });

  it('takes periods by their ids, and a head in capitals', async () => {
    const head = intact.entries[5]!.manifestSha256.toUpperCase();
    const inside = await verifyArchive(intact.archive, { from: '2026-03-03', head });
    expect(inside.good).toBe(true);
    const month = await verifyArchive(intact.archive, { from: '2026-W10', to: '2026-04' });
    expect(month.discrepancies).toMatchObject([
      {
        code: 'range-uncovered',
        message:
          'Asked for 2026-03-02 up to 2026-04-01, and entries speak for 2026-03-02 up to 2026-03-07.',
      },
    ]);
  });

  it('refuses arguments that mean nothing, all at once', async () => {
    const asked = { from: '2026-02-30', to: 'now', head: 'abc', stream: '../x' };
    await expect(verifyArchive(intact.archive, asked)).rejects.toMatchObject({
      code: 'ARGUMENT_INVALID',
      problems: [{ where: 'from' }, { where: 'to' }, { where: 'head' }, { where: 'stream' }],
    });
    await expect(
      verifyArchive(intact.archive, { from: '2026-03-05', to: '2026-03-05' }),
    ).rejects.toMatchObject({ code: 'ARGUMENT_INVALID', problems: [{ where: 'to' }] });
  });
});

describe('checkPeriods', () => {
  function periodsOf(kind: PeriodKind, timeZone: string, first: string, count: number): Period[] {
    const periods = [periodContaining(kind, timeZone, first)];
    while (periods.length < count) periods.push(nextPeriod(periods.at(-1)!));
    return periods;
  }

  function codesOf(
    first: SealedPeriod,
    periods: readonly SealedPeriod[],
    range: DateRange = {},
  ): DiscrepancyCode[] {
    const codes: DiscrepancyCode[] = [];
    const outlines = [
      { kind: 'genesis', schedule: { firstPeriod: first } },
      ...periods.map((period) => ({ kind: 'run', period })),
    ] as Outline[];
    const entries: OutlinedEntry[] = outlines.map((outline, i) => ({
      sequence: i + 1,
      manifestSha256: '',
      outline,
    }));
    checkPeriods('daily.all', entries, range, (code) => codes.push(code));
    return codes;
  }

  const KINDS: PeriodKind[] = ['day', 'week', 'month', 'quarter'];
  const ZONES = [
    'UTC',
    'Asia/Seoul',
    'Europe/Berlin',
    'America/New_York',
    'Asia/Kathmandu',
    'Pacific/Kiritimati',
    'Australia/Lord_Howe',
    'America/Sao_Paulo',
  ];
  const CASES = KINDS.flatMap((kind) => ZONES.map((zone) => [kind, zone] as const));

  it.each(CASES)(
    'accepts every %s in %s through a change of the clocks, and sees any that is left out',
    (kind, zone) => {
      const periods = periodsOf(
        kind,
        zone,
        '2026-09-30T12:00:00.000Z',
        { day: 40, week: 8, month: 6, quarter: 4 }[kind],
      ).map(sealedPeriod);
      const first = periods[0]!;
      expect(codesOf(first, periods)).toEqual([]);
      expect(
        codesOf(first, periods.toReversed(), { from: first.from, to: periods.at(-1)!.to }),
      ).toEqual([]);
      for (const left of [0, 1, periods.length >> 1, periods.length - 2]) {
        expect(codesOf(first, periods.toSpliced(left, 1))).toEqual(['period-missing']);
      }
      expect(codesOf(first, periods.slice(0, -1), { to: periods.at(-1)!.to })).toEqual([
        'range-uncovered',
      ]);
      expect(codesOf(first, [...periods, first])).toContain('period-repeated');
    },
  );

  it('sees a period whose parts contradict each other', () => {
    const [first, second] = periodsOf('week', 'Asia/Seoul', '2026-03-02T00:00:00.000Z', 2).map(
      sealedPeriod,
    );
    const wrong: Partial<SealedPeriod>[] = [
      { id: '2026-W12' },
      { from: '2026-03-10' },
      { from: '2026-02-30' },
      { to: '2026-03-17' },
      { kind: 'day' },
      { timeZone: 'UTC' },
      { start: '2026-03-08T14:00:00.000Z' },
      { end: '2026-03-01T15:00:00.000Z' },
    ];
    for (const change of wrong) {
      expect(codesOf(first!, [first!, { ...second!, ...change }])).toContain('period-wrong');
    }
  });
});

describe('firstDateOf', () => {
  it.each([
    ['2026-03-02', '2026-03-02'],
    ['2026-W10', '2026-03-02'],
    ['2026-03', '2026-03-01'],
    ['2026-Q2', '2026-04-01'],
    ['2026-02-30', undefined],
    ['2026-W60', undefined],
    ['2026-Q5', undefined],
    ['2026', undefined],
    ['yesterday', undefined],
    ['', undefined],
  ])('takes %j for %j', (text, date) => {
    expect(firstDateOf(text)).toBe(date);
  });

  it('takes every period of every kind for what the calendar says, and no other', () => {
    const padded = (number: number): string => String(number).padStart(2, '0');
    const upTo = (most: number): number[] => Array.from({ length: most + 1 }, (_, index) => index);
    const said = (kind: PeriodKind, id: string): string | undefined =>
      parsePeriod(kind, 'UTC', id)?.start.slice(0, 10);
    for (const year of ['0000', '0001', '1999', '2000', '2020', '2024', '2026', '2100', '9999']) {
      for (const number of upTo(60)) {
        const [week, month] = [`${year}-W${padded(number)}`, `${year}-${padded(number)}`];
        expect([week, firstDateOf(week)]).toEqual([week, said('week', week)]);
        expect([month, firstDateOf(month)]).toEqual([month, said('month', month)]);
        const quarter = `${year}-Q${String(number)}`;
        expect([quarter, firstDateOf(quarter)]).toEqual([quarter, said('quarter', quarter)]);
        const days = [`${year}-02-${padded(number)}`, `${year}-12-${padded(number)}`];
        for (const day of days) expect([day, firstDateOf(day)]).toEqual([day, said('day', day)]);
      }
    }
  });
});

describe('bytesOfBase64', () => {
  it('takes the one text that stands for some bytes, and no other', () => {
    for (let length = 0; length < 70; length += 1) {
      const bytes = Buffer.from(Array.from({ length }, (_, index) => (index * 89 + length) % 256));
      expect(Buffer.from(bytesOfBase64(bytes.toString('base64'))!)).toEqual(bytes);
    }
    for (const text of [
      'A',
      'AA',
      'AAA',
      'AB==',
      'AAB=',
      'AAA',
      '====',
      'AA=A',
      'A===',
      'AA-_',
      'AAAA ',
    ]) {
      expect([text, bytesOfBase64(text)]).toEqual([text, undefined]);
    }
  });
});

describe('every discrepancy and note', () => {
  it('is explained in a sentence', () => {
    for (const explanation of [...Object.values(DISCREPANCIES), ...Object.values(NOTES)]) {
      expect(explanation).toMatch(/^[A-Z].*\.$/);
    }
  });
});
