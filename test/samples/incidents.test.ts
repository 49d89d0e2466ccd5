import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateSamples } from '../../src/samples/generate';
import type { GroundTruth, Incident } from '../../src/samples/ground-truth';
import { HOSTILE_TEXTS, LONG_AGENT } from '../../src/samples/hostile-text';
import type { ActivityRecord, RawLine, RegistryRecord } from './read-samples';
import {
  activityRecords,
  hoursLate,
  listFiles,
  LOGIN,
  metricRecords,
  readLines,
  registryOf,
  REPOSITORY,
  tally,
} from './read-samples';

const AUDITS = {
  'spray-then-success': 'spray-then-success',
  'repository-deletion': 'repository-deletions',
  untag: 'tags-deleted',
  'release-tag-overwritten': 'release-tags-overwritten',
  'off-hours-push': 'off-hours-pushes',
  'error-spike': 'error-rate-spikes',
  'first-seen-identity': 'first-seen-identities',
  'anonymous-pull': 'anonymous-pulls',
  'bulk-enumeration': 'bulk-pulls',
  'diagnostic-setting-deleted': 'diagnostic-settings-changed',
  'credential-regenerated': 'credential-operations',
  'service-principal-at-new-address': 'service-principals-at-new-addresses',
  'registry-created': 'registry-changes',
  'collection-gap': 'events-against-metrics',
  'quiet-sunday': null,
  'late-rows': null,
  duplicates: null,
  'lower-case-path': null,
  'garbage-line': null,
  'half-written-line': null,
  'hostile-text': null,
} as const;

async function generate(seed: number, days: number): Promise<string> {
  const out = mkdtempSync(join(tmpdir(), 'samples-'));
  await generateSamples({
    seed,
    firstDay: '2026-02-23',
    days,
    registries: 2,
    eventsPerDay: 400,
    timeZone: 'Asia/Seoul',
    out,
  });
  return out;
}

function truthOf(out: string): GroundTruth {
  return JSON.parse(readFileSync(join(out, 'ground-truth.json'), 'utf8')) as GroundTruth;
}

describe.each([1, 2])('incidents of seed %i over ten days', (seed) => {
  let out: string;
  let truth: GroundTruth;
  let lines: RawLine[];
  let records: RegistryRecord[];
  let activity: ActivityRecord[];
  beforeAll(async () => {
    out = await generate(seed, 10);
    truth = truthOf(out);
    lines = readLines(out, LOGIN, REPOSITORY);
    records = lines.flatMap(({ record }) => (record === undefined ? [] : [record]));
    activity = activityRecords(out);
  });
  afterAll(() => {
    rmSync(out, { recursive: true });
  });

  function incident(kind: keyof typeof AUDITS): Incident {
    return truth.incidents.find((each) => each.kind === kind)!;
  }

  /** Whether a record is of the incident's registry and time. */
  function isOf(
    { registry, from, to }: Incident,
    record: { readonly time: string; readonly resourceId: string },
  ): boolean {
    const time = record.time.slice(0, 23);
    return registryOf(record) === registry && time >= from.slice(0, 23) && time < to.slice(0, 23);
  }

  function recordsOf(planted: Incident): RegistryRecord[] {
    return records
      .filter((record) => isOf(planted, record))
      .sort((a, b) => (a.time < b.time ? -1 : 1));
  }

  function before(planted: Incident): RegistryRecord[] {
    return records.filter((record) => record.time < planted.from);
  }

  const named =
    (operation: string) =>
    (record: RegistryRecord): boolean =>
      record.operationName === operation;

  it('are one of each kind, in order, from the ninth day on, each with its audit', () => {
    expect(Object.fromEntries(truth.incidents.map(({ kind, audit }) => [kind, audit]))).toEqual(
      AUDITS,
    );
    expect(truth.incidents.length).toBe(Object.keys(AUDITS).length);
    const starts = truth.incidents.map(({ from }) => from);
    expect(starts).toEqual([...starts].sort());
    const others = truth.incidents.filter(({ kind }) => kind !== 'quiet-sunday');
    for (const { from, to } of others) {
      expect(from >= '2026-03-02T15:00').toBe(true);
      expect(from < '2026-03-04T15:00').toBe(true);
      expect(to > from).toBe(true);
    }
  });

  it('hold at least thirty refused logins from one new address and then a login that succeeds', () => {
    const planted = incident('spray-then-success');
    const address = planted.match['CallerIpAddress'];
    const logins = recordsOf(planted)
      .filter((r) => r.callerIpAddress === address)
      .filter(named('Login'));
    const refused = logins.filter((r) => /^40[13]$/.test(r.resultDescription));
    expect(refused.length).toBeGreaterThanOrEqual(30);
    expect(new Set(refused.map((r) => r.identity)).size).toBeGreaterThanOrEqual(3);
    const span = Date.parse(refused.at(-1)!.time) - Date.parse(refused[0]!.time);
    expect(span).toBeLessThan(600_000);
    expect(logins.at(-1)).toMatchObject({
      resultDescription: '200',
      identity: planted.match['Identity'],
    });
    expect(before(planted).filter((r) => r.callerIpAddress === address)).toEqual([]);
  });

  it('hold the deletion, the untagging, the night push and the anonymous pull that the truth names', () => {
    const deletion = incident('repository-deletion');
    expect(recordsOf(deletion).filter(named('Delete'))).toMatchObject([
      {
        resultDescription: '202',
        identity: deletion.match['Identity'],
        properties: { repository: deletion.match['Repository'] },
      },
    ]);
    const untag = incident('untag');
    expect(recordsOf(untag).filter(named('Untag'))).toMatchObject([
      { identity: untag.match['Identity'], properties: { tag: untag.match['Tag'] } },
    ]);
    const push = incident('off-hours-push');
    expect(
      recordsOf(push)
        .filter(named('Push'))
        .some((r) => r.identity === push.match['Identity']),
    ).toBe(true);
    const pull = incident('anonymous-pull');
    const anonymous = recordsOf(pull)
      .filter(named('Pull'))
      .filter((r) => r.identity === '<nil>');
    expect(new Set(anonymous.map((r) => r.callerIpAddress))).toEqual(
      new Set([pull.match['CallerIpAddress']]),
    );
    expect(anonymous.every((r) => r.resultDescription === '200')).toBe(true);
  });

  it('leave nobody asking for a deleted repository', () => {
    const { match, registry, from } = incident('repository-deletion');
    const after = records.filter(
      (r) =>
        r.properties.repository === match['Repository'] &&
        registryOf(r) === registry &&
        r.time > from,
    );
    expect(after.map((r) => r.operationName)).toEqual(['Delete']);
  });

  it('give a release tag two digests on two days', () => {
    const { match, registry } = incident('release-tag-overwritten');
    const pushes = records
      .filter(named('Push'))
      .filter(
        (r) =>
          registryOf(r) === registry &&
          r.properties.tag === match['Tag'] &&
          r.properties.repository === match['Repository'],
      );
    const unique = new Map(pushes.map((r) => [r.properties.digest, r.time.slice(0, 10)]));
    expect(unique.size).toBe(2);
    expect(new Set(unique.values()).size).toBe(2);
  });

  it('hold pulls of forty or more repositories by somebody known at a usual address', () => {
    const planted = incident('bulk-enumeration');
    const mine = recordsOf(planted)
      .filter(named('Pull'))
      .filter((r) => r.identity === planted.match['Identity']);
    expect(new Set(mine.map((r) => r.properties.repository)).size).toBeGreaterThanOrEqual(40);
    const address = mine[0]!.callerIpAddress;
    expect(before(planted).some((r) => r.callerIpAddress === address)).toBe(true);
  });

  it('bring somebody new from a known address, and a known pipeline from a new one', () => {
    const person = incident('first-seen-identity');
    const theirs = recordsOf(person).filter((r) => r.identity === person.match['Identity']);
    expect(theirs.length).toBeGreaterThan(3);
    expect(before(person).some((r) => r.identity === person.match['Identity'])).toBe(false);
    const office = theirs[0]!.callerIpAddress;
    expect(before(person).some((r) => r.callerIpAddress === office)).toBe(true);

    const pipeline = incident('service-principal-at-new-address');
    const address = pipeline.match['CallerIpAddress'];
    expect(recordsOf(pipeline).some((r) => r.callerIpAddress === address)).toBe(true);
    expect(before(pipeline).some((r) => r.callerIpAddress === address)).toBe(false);
    expect(before(pipeline).some((r) => r.identity === pipeline.match['Identity'])).toBe(true);
  });

  it('make pulls fail for hours, more than ten in each', () => {
    const failed = recordsOf(incident('error-spike')).filter((r) =>
      /^50[03]$/.test(r.resultDescription),
    );
    const perHour = [...tally(failed, (r) => r.time.slice(0, 13)).values()];
    expect(perHour.length).toBe(6);
    expect(Math.min(...perHour)).toBeGreaterThan(10);
  });

  it('are in the activity log with start and success under one correlation id', () => {
    for (const kind of [
      'diagnostic-setting-deleted',
      'credential-regenerated',
      'registry-created',
    ] as const) {
      const planted = incident(kind);
      const steps = activity.filter((r) => isOf(planted, r));
      expect(steps.map((r) => r.resultType)).toEqual(['Start', 'Success']);
      expect(new Set(steps.map((r) => r.correlationId)).size).toBe(1);
      expect(JSON.stringify(steps[0]!.identity.claims)).toContain(planted.match['Caller']);
    }
  });

  it('silence one registry for six hours while its metrics go on', () => {
    const gap = incident('collection-gap');
    expect(recordsOf(gap)).toEqual([]);
    expect(Date.parse(gap.to) - Date.parse(gap.from)).toBe(6 * 3_600_000);
    const pulls = metricRecords(out).filter(
      (r) => r.metricName === 'TotalPullCount' && isOf(gap, r),
    );
    const perHour = tally(
      pulls.filter((r) => r.total > 0),
      (r) => r.time.slice(0, 13),
    );
    expect(perHour.size).toBe(6);
  });

  it('leave one Sunday without events, with a zero in every quarter of an hour of the metrics', () => {
    const sunday = incident('quiet-sunday');
    expect(recordsOf(sunday)).toEqual([]);
    const pulls = metricRecords(out).filter(
      (r) => r.metricName === 'TotalPullCount' && isOf(sunday, r),
    );
    expect(pulls.length).toBe(96);
    expect(pulls.every((r) => r.total === 0)).toBe(true);
  });

  it('put as many records as the truth says into the blobs of later hours', () => {
    const planted = incident('late-rows');
    const late = lines
      .filter(({ record }) => record !== undefined && isOf(planted, record))
      .map(hoursLate);
    const count = planted.count ?? 0;
    expect(Math.max(...late)).toBeGreaterThan(1);
    expect(Math.max(...late)).toBeLessThanOrEqual(9);
    expect(count).toBeGreaterThan(0);
    expect(late.filter((hours) => hours >= 1).length).toBeGreaterThanOrEqual(count);
  });

  it('deliver as many records twice as the truth says, and no others', () => {
    const copies = tally(
      lines.filter((l) => l.record !== undefined),
      (l) => l.text,
    );
    const twice = [...copies].filter(([, n]) => n > 1);
    expect(twice.every(([, n]) => n === 2)).toBe(true);
    expect(twice.length).toBe(incident('duplicates').count);
    expect(twice.length).toBeGreaterThan(0);
  });

  it('write a registry\u2019s blobs of some hours under the lower-case path, of each hour under one', () => {
    const planted = incident('lower-case-path');
    const paths = listFiles(out).filter(
      (path) =>
        path.startsWith('insights-logs') &&
        path.toLowerCase().includes(`/registries/${planted.registry}/`),
    );
    const lower = paths.filter((path) => path.includes('/providers/microsoft.containerregistry/'));
    expect(lower.length).toBeGreaterThanOrEqual(6);
    expect(lower.length).toBeLessThan(paths.length);
    expect(new Set(paths.map((path) => path.toLowerCase())).size).toBe(paths.length);
  });

  it('leave two lines unreadable: one in the middle, and half of one at the end of a registry\u2019s newest blob', () => {
    const unreadable = lines.filter((line) => line.record === undefined);
    expect(unreadable.map((line) => line.blob).sort()).toEqual(
      [incident('garbage-line').blob, incident('half-written-line').blob].sort(),
    );
    const { blob, registry } = incident('half-written-line');
    const blobs = lines.filter(
      (l) => l.blob.includes(REPOSITORY) && l.blob.toLowerCase().includes(`/${registry}/`),
    );
    const newest = blobs
      .map((l) => l.receiptHour)
      .sort()
      .at(-1);
    expect(blobs.find((l) => l.blob === blob)!.receiptHour).toBe(newest);
    expect(readFileSync(join(out, blob!), 'utf8').endsWith('\n')).toBe(false);
  });

  it('bring every hostile text through every text field unchanged, in requests that fail', () => {
    const hostile = recordsOf(incident('hostile-text')).filter((r) =>
      HOSTILE_TEXTS.includes(r.identity),
    );
    const pulls = hostile.filter(named('Pull'));
    for (const field of [
      (r: RegistryRecord) => r.identity,
      (r: RegistryRecord) => r.callerIpAddress,
      (r: RegistryRecord) => r.correlationId,
      (r: RegistryRecord) => r.properties.repository,
      (r: RegistryRecord) => r.properties.tag,
      (r: RegistryRecord) => r.properties.digest,
      (r: RegistryRecord) => r.properties.mediaType,
    ]) {
      expect(new Set(pulls.map(field))).toEqual(new Set(HOSTILE_TEXTS));
    }
    expect(pulls.some((r) => r.properties.userAgent === LONG_AGENT)).toBe(true);
    expect(hostile.every((r) => !(Number(r.resultDescription) < 400))).toBe(true);
    expect(pulls.some((r) => HOSTILE_TEXTS.includes(r.resultDescription))).toBe(true);
  });
});

describe('with fewer than ten days', () => {
  it('nothing is planted that only earlier days make recognisable', async () => {
    const out = await generate(5, 3);
    const kinds = truthOf(out).incidents.map((each) => each.kind);
    rmSync(out, { recursive: true });
    for (const kind of [
      'release-tag-overwritten',
      'error-spike',
      'first-seen-identity',
      'bulk-enumeration',
      'service-principal-at-new-address',
    ]) {
      expect(kinds).not.toContain(kind);
    }
    expect(kinds).toContain('repository-deletion');
    expect(kinds.length).toBe(15);
  });
});
