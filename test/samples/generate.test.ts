import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TallymanError } from '../../src/core/errors';
import { generateSamples } from '../../src/samples/generate';
import type { SampleOptions, SampleSummary } from '../../src/samples/generate';
import {
  ACTIVITY,
  hoursLate,
  listFiles,
  LOGIN,
  METRICS,
  readLines,
  registryOf,
  registryRecords,
  REPOSITORY,
  tally,
} from './read-samples';

const root = mkdtempSync(join(tmpdir(), 'samples-'));
afterAll(() => {
  rmSync(root, { recursive: true });
});

let runs = 0;
async function generate(options: Partial<SampleOptions>): Promise<SampleSummary & { out: string }> {
  const out = join(root, String(++runs));
  const summary = await generateSamples({
    seed: 1,
    firstDay: '2026-02-23',
    days: 2,
    registries: 2,
    eventsPerDay: 600,
    timeZone: 'Asia/Seoul',
    out,
    ...options,
  });
  return { ...summary, out };
}

function contents(out: string): Map<string, string> {
  return new Map(listFiles(out).map((path) => [path, readFileSync(join(out, path), 'latin1')]));
}

describe('the same options', () => {
  it('give the same bytes, and another seed gives others', async () => {
    const [a, b, c] = [await generate({}), await generate({}), await generate({ seed: 2 })];
    expect(contents(b.out)).toEqual(contents(a.out));
    expect(contents(c.out)).not.toEqual(contents(a.out));
  });

  it('give a summary that counts what is there', async () => {
    const progress: string[] = [];
    const onProgress = (day: number, days: number): unknown => progress.push(`${day}/${days}`);
    const summary = await generate({ onProgress });
    const files = contents(summary.out);
    expect(summary.files).toBe(files.size);
    expect(summary.bytes).toBe([...files.values()].reduce((sum, text) => sum + text.length, 0));
    expect(summary.records).toBe(
      readLines(summary.out, LOGIN, REPOSITORY, METRICS, ACTIVITY).filter(
        (line) => line.record !== undefined,
      ).length,
    );
    expect(summary.truthFile).toBe(join(summary.out, 'ground-truth.json'));
    expect(progress).toEqual(['1/2', '2/2']);
  });
});

describe('the layout', () => {
  it('is the one in which Azure writes to a storage account', async () => {
    const { out } = await generate({ incidents: false });
    const hour = String.raw`y=2026/m=02/d=\d\d/h=\d\d/m=00/PT1H\.json`;
    const guid = '[0-9A-F]{8}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{12}';
    const registry = `RESOURCEGROUPS/[A-Z-]+/PROVIDERS/MICROSOFT.CONTAINERREGISTRY/REGISTRIES/(CONTOSO|FABRIKAM)`;
    const log = `(${LOGIN}|${REPOSITORY}|${METRICS})/resourceId=/SUBSCRIPTIONS/${guid}/${registry}/${hour}`;
    const activity = `${ACTIVITY}/resourceId=/SUBSCRIPTIONS/${guid}/${hour}`;
    const allowed = new RegExp(`^(${log}|${activity}|ground-truth.json)$`);
    expect(listFiles(out).filter((path) => !allowed.test(path))).toEqual([]);
  });

  it('puts a record into the hour of its receipt, minutes after its time', async () => {
    const { out } = await generate({ incidents: false });
    const lags = readLines(out, LOGIN, REPOSITORY, METRICS, ACTIVITY).map(hoursLate);
    expect(new Set(lags)).toEqual(new Set([0, 1]));
    expect(lags.filter((lag) => lag === 1).length / lags.length).toBeLessThan(0.1);
  });

  it('keeps every record inside the local days, also where clocks change or offsets are not whole hours', async () => {
    for (const [timeZone, firstDay, from, to] of [
      ['Asia/Kolkata', '2026-02-23', '2026-02-22T18:30:00', '2026-02-24T18:30:10'],
      ['Europe/Berlin', '2026-03-28', '2026-03-27T23:00:00', '2026-03-29T22:00:10'],
    ] as const) {
      const { out } = await generate({ timeZone, firstDay, incidents: false });
      const times = registryRecords(out).map((record) => record.time);
      expect(times[0]! >= from).toBe(true);
      expect(times.at(-1)! < to).toBe(true);
      expect(times.length).toBeGreaterThan(1000);
    }
  });
});

describe('a registry record', () => {
  it('has the fields, order and spacing of the one real record that is public', async () => {
    const { out } = await generate({ incidents: false });
    const lines = readLines(out, REPOSITORY);
    const known =
      '{ "time": "…", "category": "…", "resourceId": "…", "operationName": "…", "identity": "…", ' +
      '"location": "…", "resultType": "…", "resultDescription": "…", "durationMs": "…", ' +
      '"callerIpAddress": "…", "correlationId": "…", "properties": {"tag":"…","digest":"…",' +
      '"mediaType":"…","repository":"…","artifactType":"…","tenantId":"…","loginServer":"…",' +
      '"userAgent":"…"}, "RegionStamp": "…"}';
    const shape = (text: string): string =>
      text.replaceAll(/": ?"(\\.|[^"\\])*"/g, (m) => (m[2] === ' ' ? '": "…"' : '":"…"'));
    const failed = lines.filter((line) => line.record?.resultDescription === '404');
    expect(failed.length).toBeGreaterThan(0);
    for (const line of failed) expect(shape(line.text)).toBe(known);
    const pulled = lines.find((line) => line.record?.resultDescription === '200')!;
    expect(shape(pulled.text).replace(/,"size":\d+/, '')).toBe(known);
  });

  it('has text for the status and the duration, seven decimals in the time and <nil> for what is missing', async () => {
    const { out } = await generate({ incidents: false });
    const records = registryRecords(out);
    const wrong = records.filter(
      (record) =>
        !/^2026-02-2\dT\d\d:\d\d:\d\d\.\d{7}Z$/.test(record.time) ||
        record.resultType !== 'HttpStatusCode' ||
        !/^\d{3}$/.test(record.resultDescription) ||
        !/^\d+\.\d{6}$/.test(record.durationMs) ||
        /:""|:null/.test(JSON.stringify(record)),
    );
    expect(wrong).toEqual([]);
    const refused = records.filter(
      (r) => r.operationName === 'Login' && r.resultDescription === '401',
    );
    expect(refused.some((record) => record.identity === '<nil>')).toBe(true);
  });

  it('is about 880 bytes long', async () => {
    const { out } = await generate({ incidents: false, eventsPerDay: 4000 });
    const lines = readLines(out, LOGIN, REPOSITORY);
    const mean = lines.reduce((sum, line) => sum + line.text.length + 1, 0) / lines.length;
    expect(mean).toBeGreaterThan(850);
    expect(mean).toBeLessThan(910);
  });
});

describe('the number of events', () => {
  it('is within four percent of what was asked for, spread over day and week', async () => {
    const { out } = await generate({ incidents: false, days: 7, eventsPerDay: 2000 });
    const records = registryRecords(out);
    expect(Math.abs(records.length / 14_000 - 1)).toBeLessThan(0.04);
    const perHour = tally(records, (record) => `${registryOf(record)} ${record.time.slice(0, 13)}`);
    expect(perHour.size).toBe(2 * 7 * 24);
    expect(Math.min(...perHour.values())).toBeGreaterThan(5);
  });

  it('leaves no registry without records in any hour even when few are asked for', async () => {
    const { out } = await generate({ incidents: false, eventsPerDay: 100 });
    const perHour = tally(registryRecords(out), (r) => registryOf(r) + r.time.slice(0, 13));
    expect(perHour.size).toBe(2 * 2 * 24);
  });
});

describe('wrong options', () => {
  it('are all told at once', async () => {
    const wrong = {
      seed: -1,
      firstDay: '2026-02-30',
      days: 0,
      registries: 1.5,
      eventsPerDay: 0,
      timeZone: 'Asia/Soul',
    };
    const error: unknown = await generate(wrong).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(TallymanError);
    expect((error as TallymanError).code).toBe('ARGUMENT_INVALID');
    expect((error as TallymanError).problems.map((problem) => problem.where).sort()).toEqual(
      Object.keys(wrong).sort(),
    );
  });

  it('include a folder that already holds something, which is left as it is', async () => {
    const { out } = await generate({ days: 1 });
    writeFileSync(join(out, 'mine.txt'), 'mine');
    const before = contents(out);
    await expect(generate({ out })).rejects.toMatchObject({ code: 'OUTPUT_EXISTS' });
    expect(contents(out)).toEqual(before);
  });
});
