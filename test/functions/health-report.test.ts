import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AZURE_TABLES } from '../../src/core/known-tables';
import type { Catalog, ReportDefinition } from '../../src/core/definitions';
import { healthReport } from '../../src/functions/shared/health-report';
import { createChainReader } from '../../src/web/chain-reader';
import type { TestArchive } from '../support/archives';
import { buildArchive, fillArchive } from '../support/archives';

const REPORT: ReportDefinition = {
  id: 'daily',
  title: 'Daily',
  period: 'day',
  timeZone: 'Asia/Seoul',
  deliverAt: '07:00',
  settleHours: 6,
  askAgainDays: [1, 7, 30],
  scopes: [{ id: 'all', registries: 'all' }],
  recipients: [],
  audits: [],
  waivers: [],
};

// Its five periods are 2 to 6 March; that of 7 March is due on the 8th at 07:00 in Seoul.
let sealed: TestArchive;
beforeEach(async () => {
  sealed = await buildArchive();
});
afterEach(() => sealed.remove());

function healthAt(
  time: string,
  reports: readonly ReportDefinition[] = [REPORT],
): ReturnType<typeof healthReport> {
  const now = (): string => time;
  const catalog: Catalog = { reports, audits: [], tables: AZURE_TABLES, viewsDigest: '' };
  return healthReport({ catalog, mail: undefined, now }, createChainReader(sealed.archive, now));
}

describe('the health report', () => {
  it('has patience with a missing run for 26 hours after it was due, and not longer', async () => {
    const patient = await healthAt('2026-03-09T00:00:00.000Z');
    expect(patient).toMatchObject({
      status: 'good',
      streams: [
        {
          lastSealed: { period: '2026-03-06' },
          newestDue: '2026-03-08',
          missing: 2,
          missingSince: '2026-03-07T22:00:00.000Z',
        },
      ],
    });
    expect((await healthAt('2026-03-09T00:00:00.001Z')).status).toBe('overdue');
  });

  it('tells of a damaged chain in its place and goes on with the other streams', async () => {
    await fillArchive(sealed.archive, sealed.signer, { reportId: 'other', gaps: [] });
    await rm(join(sealed.folder, 'daily.all/manifests'), { recursive: true });
    const { status, streams } = await healthAt('2026-03-08T00:00:00.000Z', [
      REPORT,
      { ...REPORT, id: 'other' },
    ]);
    expect(status).toBe('trouble');
    expect(streams).toMatchObject([
      { stream: 'daily.all', status: 'trouble', trouble: ['manifest-missing'] },
      { stream: 'other.all', status: 'good', trouble: [] },
    ]);
  });

  it('judges a report by what its chain promises, whatever the definition says by now', async () => {
    const changed = { ...REPORT, period: 'month' } as const;
    expect(await healthAt('2026-03-09T00:00:00.001Z', [changed])).toMatchObject({
      status: 'overdue',
      streams: [{ stream: 'daily.all', missing: 2, missingSince: '2026-03-07T22:00:00.000Z' }],
    });
  });
});
