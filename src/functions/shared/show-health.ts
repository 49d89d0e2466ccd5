import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import type { Instant } from '../../core/period';
import type { ChainReader } from '../../web/chain-reader';
import { appParts, type App } from './app-parts';
import type { HealthReport } from './health-report';
import { orGoOn } from './trouble';

/** Anybody may ask, and chains are long: an answer is given again for this long. */
const KEEP_MS = 60_000;

let chains: ChainReader | undefined;
let latest: HealthReport | undefined;
/** Whoever asks while an answer is being made waits for that one. */
let coming: Promise<HealthReport> | undefined;

/** Answers 200 when every stream is good, and 503 otherwise. Like all HTTP functions here it never throws. */
export async function showHealth(
  _request: HttpRequest,
  context: InvocationContext,
): Promise<HttpResponseInit> {
  const report = await orGoOn(context, currentHealth);
  return {
    status: report?.status === 'good' ? 200 : 503,
    headers: { 'cache-control': 'no-store' },
    jsonBody: report ?? { status: 'trouble', hint: 'The log of the function app says why.' },
  };
}

async function currentHealth(): Promise<HealthReport> {
  const app = await appParts();
  if (latest !== undefined && isFresh(latest.checkedAt, app.parts.now())) return latest;
  coming ??= lookNow(app).finally(() => {
    coming = undefined;
  });
  latest = await coming;
  return latest;
}

async function lookNow({ settings, parts }: App): Promise<HealthReport> {
  const { healthReport } = await import('./health-report.js');
  const { openArchiveForReading } = await import('../../open-archive.js');
  const { createChainReader } = await import('../../web/chain-reader.js');
  chains ??= createChainReader(
    // The parts’ own archive may remember what it read, and this must see what the storage holds now.
    await openArchiveForReading(settings.archive, settings.storageConnection),
    parts.now,
  );
  return healthReport(parts, chains, settings.since);
}

function isFresh(checkedAt: Instant, now: Instant): boolean {
  return Date.parse(now) - Date.parse(checkedAt) < KEEP_MS;
}
