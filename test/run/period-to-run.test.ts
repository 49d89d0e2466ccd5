import type { ChainEntry } from '../../src/archive/chain';
import { sealedPeriod } from '../../src/archive/manifest';
import type { ReportDefinition } from '../../src/core/definitions';
import type { Instant, Period } from '../../src/core/period';
import { parsePeriod } from '../../src/core/period';
import { periodToRun } from '../../src/run/period-to-run';
import { reportOf } from '../support/empty-reports';

const REPORT = reportOf('daily', 'day');

const day = (id: string): Period => parsePeriod('day', 'Asia/Seoul', id)!;

/** A chain that promises every period from a first one on. */
function promising(firstPeriod: ReturnType<typeof sealedPeriod>): ChainEntry[] {
  const schedule = { firstPeriod, deliverAt: '07:00', settleHours: 6 };
  const predicate = { kind: 'genesis', definitionSha256: 'one', schedule };
  const manifest = { predicate } as unknown as ChainEntry['manifest'];
  return [{ sequence: 1, manifestSha256: '0', manifest }];
}

interface Asked {
  readonly entries?: readonly ChainEntry[];
  readonly now?: Instant;
  readonly early?: boolean;
  readonly report?: Partial<ReportDefinition>;
}

function ask(period: Period, asked: Asked = {}): Period {
  const { entries = [], now = '2026-03-20T00:00:00.000Z', early = false, report = {} } = asked;
  const scope = REPORT.scopes[0]!;
  const definition = { stream: 'daily.all', scope, report: { ...REPORT, ...report } };
  return periodToRun({ definition, period, entries, now, early });
}

const refusal = (message: string): Error =>
  expect.objectContaining({
    code: 'ARGUMENT_INVALID',
    message: expect.stringContaining(message) as string,
  }) as Error;

it('takes a period whose run is due, with a chain or without', () => {
  expect(ask(day('2026-03-10'))).toEqual(day('2026-03-10'));
  const entries = promising(sealedPeriod(day('2026-03-09')));
  expect(ask(day('2026-03-10'), { entries })).toEqual(day('2026-03-10'));
});

it('takes none that is not over, early or not', () => {
  const now = '2026-03-10T14:59:59.999Z';
  for (const early of [false, true]) {
    expect(() => ask(day('2026-03-10'), { now, early })).toThrow(
      refusal('2026-03-10 is not over: it ends at 2026-03-10T15:00:00.000Z'),
    );
  }
  expect(() => ask(day('2027-11-26'), { now, early: true })).toThrow(refusal('is not over'));
});

it('takes one whose logs have not settled only early', () => {
  const now = '2026-03-10T21:59:59.999Z';
  expect(() => ask(day('2026-03-10'), { now })).toThrow(refusal('2026-03-10T22:00:00.000Z'));
  expect(ask(day('2026-03-10'), { now, early: true })).toEqual(day('2026-03-10'));
});

it('goes by what the chain promised, and not by what the report says now', () => {
  const entries = promising(sealedPeriod(day('2026-03-09')));
  const now = '2026-03-10T22:00:00.000Z';
  const report = { deliverAt: '12:00' };
  expect(ask(day('2026-03-10'), { entries, now, report })).toEqual(day('2026-03-10'));
});

it('takes none that the chain could never account for', () => {
  const entries = promising(sealedPeriod(day('2026-03-09')));
  expect(() => ask(day('2026-03-08'), { entries })).toThrow(refusal('promises'));
  const week = parsePeriod('week', 'Asia/Seoul', '2026-W10')!;
  expect(() => ask(week, { entries, report: { period: 'week' } })).toThrow(refusal('promises'));
  expect(() => ask(day('2026-03-11'), { entries, report: { ends: '2026-03-10' } })).toThrow(
    refusal('2026-03-10'),
  );
});

it('gives a period that a change of calendar made longer as it was promised', () => {
  const longer = { ...sealedPeriod(day('2026-03-09')), start: '2026-03-08T10:00:00.000Z' };
  const { start } = ask(day('2026-03-09'), { entries: promising(longer) });
  expect(start).toBe('2026-03-08T10:00:00.000Z');
});
