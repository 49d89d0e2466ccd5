import fc from 'fast-check';
import {
  isoToTicks,
  MAX_DATETIME_TICKS,
  ticksFromIsoSql,
  ticksToIso,
  ticksToTimespanText,
  UNIX_EPOCH_TICKS,
} from '../../src/kql/ticks';
import type { TableStore } from '../../src/kql/store';
import { openStore } from './ask';

describe('ticks', () => {
  it('keep the seventh digit of a time', () => {
    expect(isoToTicks('2025-01-30T14:19:15.1931739Z')).toBe(638_738_435_551_931_739n);
    expect(ticksToIso(638_738_435_551_931_739n)).toBe('2025-01-30T14:19:15.1931739Z');
  });

  it('of the Unix epoch are counted from the year 1', () => {
    expect(isoToTicks('1970-01-01T00:00:00Z')).toBe(UNIX_EPOCH_TICKS);
    expect(isoToTicks('0001-01-01T00:00:00Z')).toBe(0n);
    expect(isoToTicks('9999-12-31T23:59:59.9999999Z')).toBe(MAX_DATETIME_TICKS);
  });

  it('take an offset into account', () => {
    expect(isoToTicks('2026-03-02T10:00:00+02:00')).toBe(isoToTicks('2026-03-02T08:00:00Z'));
    expect(isoToTicks('2026-03-02T10:00:00.5-0130')).toBe(isoToTicks('2026-03-02T11:30:00.5Z'));
  });

  it.each([
    '',
    'today',
    '2026-02-30T00:00:00Z',
    '2026-13-01',
    '10:00',
    'infinity',
    '2026-03-02T25:00:00Z',
  ])('are undefined for %j, which is no time', (text) => {
    expect(isoToTicks(text)).toBeUndefined();
  });

  it('survive being written as text and read again', () => {
    fc.assert(
      fc.property(
        fc.bigInt(0n, MAX_DATETIME_TICKS),
        (ticks) => isoToTicks(ticksToIso(ticks)) === ticks,
      ),
    );
  });

  it.each([
    [0n, '00:00:00'],
    [-1n, '-00:00:00.0000001'],
    [9_378_500_000_000n, '10.20:30:50'],
    [36_000_000_000n, '01:00:00'],
    [-864_000_000_000n, '-1.00:00:00'],
  ])('%s as a timespan read %s', (ticks, text) => {
    expect(ticksToTimespanText(ticks)).toBe(text);
  });
});

describe('ticksFromIsoSql', () => {
  let store: TableStore;
  beforeAll(async () => {
    store = await openStore();
    await store.execute('CREATE TABLE times (t VARCHAR)');
  });
  afterAll(() => store.close());

  async function viaSql(texts: readonly string[]): Promise<unknown[]> {
    await store.execute('DELETE FROM times');
    const values = texts.map((text) => `('${text.replaceAll("'", "''")}')`).join(', ');
    await store.execute(`INSERT INTO times VALUES ${values}`);
    const rows = await store.select(`SELECT t, ${ticksFromIsoSql('t')} FROM times`);
    const found = new Map(rows.map((row) => [row[0], row[1]]));
    return texts.map((text) => found.get(text));
  }

  it('agrees with isoToTicks on every fraction length and offset', async () => {
    const fractions = ['', '.1', '.12', '.123', '.1234', '.12345', '.123456', '.1234567'];
    const zones = ['', 'Z', '+00:00', '+05:30', '-11:00'];
    const days = ['2025-01-30T14:19:15', '1601-01-01T00:00:00', '2024-02-29T23:59:59'];
    const texts = days.flatMap((day) =>
      fractions.flatMap((fraction) => zones.map((zone) => `${day}${fraction}${zone}`)),
    );
    expect(await viaSql(texts)).toEqual(texts.map(isoToTicks));
  });

  it('gives NULL for what is no time', async () => {
    const texts = [
      '',
      'epoch',
      'infinity',
      '2026-99-01T00:00:00Z',
      '<nil>',
      "'; DROP TABLE times; --",
    ];
    expect(await viaSql(texts)).toEqual(texts.map(() => null));
  });
});
