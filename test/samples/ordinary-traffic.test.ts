import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DateTime } from 'luxon';
import { generateSamples } from '../../src/samples/generate';
import { activityRecords, metricRecords, registryOf, registryRecords } from './read-samples';
import type { RegistryRecord } from './read-samples';

const DAYS = 10;
const DAY = 86_400_000;
const start = Date.parse('2026-02-22T15:00:00Z');

describe.each([
  [11, 500],
  [12, 1800],
])('ordinary traffic of seed %i with %i events a day', (seed, eventsPerDay) => {
  const out = mkdtempSync(join(tmpdir(), 'samples-'));
  let events: RegistryRecord[] = [];
  beforeAll(async () => {
    await generateSamples({
      seed,
      firstDay: '2026-02-23',
      days: DAYS,
      registries: 2,
      eventsPerDay,
      timeZone: 'Asia/Seoul',
      out,
      incidents: false,
    });
    events = registryRecords(out);
  });
  afterAll(() => {
    rmSync(out, { recursive: true });
  });

  const dayOf = (record: { readonly time: string }): number =>
    Math.floor((Date.parse(record.time) - start) / DAY);
  const succeeded = (record: RegistryRecord): boolean => Number(record.resultDescription) < 300;

  /** Values that occur on a day from the eighth on and on none of the seven days before. */
  function newcomers(key: (record: RegistryRecord) => string | undefined): string[] {
    const lastSeen = new Map<string, number>();
    const found: string[] = [];
    for (const record of events) {
      const value = key(record);
      if (value === undefined) continue;
      const day = dayOf(record);
      if (day >= 7 && (lastSeen.get(value) ?? -Infinity) < day - 7) found.push(value);
      lastSeen.set(value, day);
    }
    return found;
  }

  it('has no deletion by a person and no successful pull without an identity', () => {
    expect(events.filter((r) => /delete|untag/i.test(r.operationName))).toEqual([]);
    expect(
      events.filter((r) => r.operationName === 'Pull' && succeeded(r) && r.identity === '<nil>'),
    ).toEqual([]);
  });

  it('has no identity or address that was not seen in the seven days before', () => {
    const server = (r: RegistryRecord): string => r.properties.loginServer;
    expect(
      newcomers((r) => (r.identity === '<nil>' ? undefined : `${server(r)} ${r.identity}`)),
    ).toEqual([]);
    expect(newcomers((r) => `${server(r)} ${r.callerIpAddress}`)).toEqual([]);
    expect(
      newcomers((r) => (r.identity === '<nil>' ? undefined : `${r.identity} ${r.callerIpAddress}`)),
    ).toEqual([]);
  });

  it('gives each release tag one digest for ever', () => {
    const releases = events.filter(
      (r) => r.operationName === 'Push' && /^v?\d+\.\d+\.\d+$/.test(r.properties.tag),
    );
    const digests = new Map<string, Set<string>>();
    for (const { properties } of releases) {
      const key = `${properties.loginServer}/${properties.repository}:${properties.tag}`;
      digests.set(key, (digests.get(key) ?? new Set<string>()).add(properties.digest));
    }
    expect(digests.size).toBeGreaterThan(3);
    expect([...digests.values()].every((set) => set.size === 1)).toBe(true);
  });

  it('has people push in office hours of working days only', () => {
    const pushes = events.filter((r) => r.operationName === 'Push' && r.identity.includes('@'));
    expect(pushes.length).toBeGreaterThan(5);
    for (const push of pushes) {
      const local = DateTime.fromISO(push.time, { zone: 'Asia/Seoul' });
      expect(local.weekday).toBeLessThan(6);
      expect(local.hour).toBeGreaterThanOrEqual(7);
      expect(local.hour).toBeLessThan(20);
    }
  });

  it('has nobody suddenly pull many repositories', () => {
    const pulled = new Map<string, Set<string>>();
    for (const r of events.filter((e) => e.operationName === 'Pull')) {
      const key = `${r.identity} ${dayOf(r)}`;
      pulled.set(
        key,
        (pulled.get(key) ?? new Set()).add(
          `${r.properties.loginServer}/${r.properties.repository}`,
        ),
      );
    }
    const byIdentity = new Map<string, number[]>();
    for (const [key, repositories] of pulled) {
      const identity = key.split(' ')[0]!;
      byIdentity.set(identity, [...(byIdentity.get(identity) ?? []), repositories.size]);
    }
    for (const counts of byIdentity.values()) {
      const jump = Math.max(...counts) >= 20 && Math.max(...counts) > 1.5 * Math.min(...counts);
      expect(jump).toBe(false);
    }
  });

  it('counts at least as many pulls and pushes in the metrics as in the records, hour by hour, and none where there is no record', () => {
    const counted = new Map<string, number>();
    for (const metric of metricRecords(out)) {
      if (!/^Total(Pull|Push)Count$/.test(metric.metricName)) continue;
      const key = `${registryOf(metric)} ${metric.metricName.slice(5, 9)} ${metric.time.slice(0, 13)}`;
      counted.set(key, (counted.get(key) ?? 0) + metric.total);
    }
    const logged = new Map<string, number>();
    for (const r of events.filter((e) => /^(Pull|Push)$/.test(e.operationName))) {
      const key = `${registryOf(r)} ${r.operationName} ${r.time.slice(0, 13)}`;
      logged.set(key, (logged.get(key) ?? 0) + 1);
    }
    expect(counted.size).toBe(2 * 2 * 24 * DAYS);
    const wrong = [...counted].filter(([key, total]) => {
      const records = logged.get(key) ?? 0;
      return total < records || total >= records * 1.3 + 5 || (records === 0 && total > 0);
    });
    expect(wrong).toEqual([]);
  });

  it('has a node that is refused anonymously log in within seconds', () => {
    const logins = events.filter((r) => r.operationName === 'Login');
    const refused = logins.filter((r) => r.identity === '<nil>');
    const successes = new Map<string, number[]>();
    for (const r of logins.filter(succeeded)) {
      successes.set(r.callerIpAddress, [
        ...(successes.get(r.callerIpAddress) ?? []),
        Date.parse(r.time),
      ]);
    }
    expect(refused.length).toBeGreaterThan(100);
    for (const r of refused) {
      const at = Date.parse(r.time);
      expect(successes.get(r.callerIpAddress)!.some((t) => t >= at && t - at < 5000)).toBe(true);
    }
  });

  it('has an activity log every day that never touches registries, their logs, credentials or roles', () => {
    const activity = activityRecords(out);
    expect(new Set(activity.map(dayOf)).size).toBe(DAYS);
    expect(
      activity
        .map((r) => r.operationName)
        .filter((name) =>
          /CONTAINERREGISTRY|INSIGHTS|ROLE|STORAGE|KEYVAULT|OPERATIONALINSIGHTS|LOCKS/.test(name),
        ),
    ).toEqual([]);
    expect(activity.every((r) => typeof r.durationMs === 'number')).toBe(true);
  });
});
