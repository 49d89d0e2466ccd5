import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFolderStore } from '../../src/archive/folder-store';
import type { Archive } from '../../src/core/archive';
import type { ReportDefinition } from '../../src/core/definitions';
import { healthReport } from '../../src/functions/shared/health-report';
import { keepBegun } from '../../src/run/begun-streams';
import { createChainReader } from '../../src/web/chain-reader';
import type { TestArchive } from '../support/archives';
import { buildArchive, fillArchive } from '../support/archives';
import { catalogOf, reportOf } from '../support/empty-reports';

const REPORT: ReportDefinition = { ...reportOf('daily', 'day'), askAgainDays: [1, 7, 30] };

// Its five periods are 2 to 6 March; that of 7 March is due on the 8th at 07:00 in Seoul.
let sealed: TestArchive;
let privateFolder: string;
let privateStore: Archive;
beforeEach(async () => {
  sealed = await buildArchive();
  privateFolder = await mkdtemp(join(tmpdir(), 'tallyman-health-'));
  privateStore = createFolderStore(privateFolder);
});
afterEach(async () => {
  await sealed.remove();
  await rm(privateFolder, { recursive: true });
});

function healthAt(
  time: string,
  reports: readonly ReportDefinition[] = [REPORT],
): ReturnType<typeof healthReport> {
  const now = (): string => time;
  const parts = { catalog: catalogOf(...reports), privateStore, mail: undefined, now };
  return healthReport(parts, createChainReader(sealed.archive, now));
}

describe('the health report', () => {
  it('has patience with a missing run for 4 hours after it was due, and not longer', async () => {
    const patient = await healthAt('2026-03-08T02:00:00.000Z');
    expect(patient).toMatchObject({
      status: 'good',
      streams: [
        {
          lastSealed: { period: '2026-03-06' },
          newestDue: '2026-03-07',
          missing: 1,
          missingSince: '2026-03-07T22:00:00.000Z',
        },
      ],
    });
    expect((await healthAt('2026-03-08T02:00:00.001Z')).status).toBe('overdue');
  });

  it('tells of a stream that was begun and that no report makes any more', async () => {
    await keepBegun(privateStore, 'daily.all');
    await keepBegun(privateStore, 'weekly.all');
    const { status, streams } = await healthAt('2026-03-08T00:00:00.000Z');
    expect(status).toBe('trouble');
    expect(streams).toMatchObject([
      { stream: 'weekly.all', status: 'trouble', trouble: ['report-missing'] },
      { stream: 'daily.all', status: 'good' },
    ]);
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
