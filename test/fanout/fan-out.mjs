// `npm run test:fanout`: 60 registries × 5 days are planned and drained by the genuine functions, in two worker
// processes over Azurite's blobs and queues. The workers are killed twice on the way. In the end every period must be
// sealed exactly once. Arguments: registries, days. Takes minutes, so it is run by hand.
import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { StorageSharedKeyCredential, ContainerClient } from '@azure/storage-blob';
import { QueueServiceClient } from '@azure/storage-queue';
import { countingProxy } from './counting-proxy.mjs';
import { registryNames, writeTemplates } from './many-registries.mjs';

const require = createRequire(import.meta.url);
const root = fileURLToPath(new URL('../..', import.meta.url));
require(join(root, 'test/support/register-typescript.cjs'));
const { startAzurite } = require(join(root, 'test/support/azurite.ts'));
const { createBlobStore } = require(join(root, 'dist/archive/blob-store.js'));
const { readChain } = require(join(root, 'dist/archive/chain.js'));
const { verifyArchive } = require(join(root, 'dist/archive/verify.js'));

const [registries = 60, days = 5] = process.argv.slice(2).map(Number);
const WORKERS = 2;
const DAY_MS = 86_400_000;
const wanted = registries * days;
const today = Math.floor(Date.now() / DAY_MS) * DAY_MS;
const dayOf = (time) => new Date(time).toISOString().slice(0, 10);
const names = registryNames(registries);

const folder = mkdtempSync(join(tmpdir(), 'tallyman-fanout-'));
const azurite = await startAzurite();
const proxy = await countingProxy(new URL(azurite.blobUrl).port);
const blobUrl = azurite.blobUrl.replace(/:\d+\//, `:${proxy.port}/`);
const credential = new StorageSharedKeyCredential(azurite.accountName, azurite.accountKey);
const container = new ContainerClient(`${azurite.blobUrl}/evidence`, credential);
const queues = QueueServiceClient.fromConnectionString(azurite.connectionString);
let good;
try {
  await container.create();
  for (const queue of ['tallyman-runs', 'tallyman-runs-poison']) {
    await queues.getQueueClient(queue).createIfNotExists();
  }
  writeLogs();
  writeTemplates(join(folder, 'templates'), names);
  good = await drain();
} finally {
  await azurite.stop();
  proxy.stop();
  rmSync(folder, { recursive: true, force: true });
}
process.exit(good ? 0 : 1);

/** One login an hour at each registry, from the day before the first period on. */
function writeLogs() {
  for (const name of names) {
    const id = `/SUBSCRIPTIONS/S/RESOURCEGROUPS/R/PROVIDERS/MICROSOFT.CONTAINERREGISTRY/REGISTRIES/${name.toUpperCase()}`;
    for (let time = today - (days + 1) * DAY_MS; time < today; time += DAY_MS / 24) {
      const [date, hour] = [dayOf(time), new Date(time).toISOString().slice(11, 13)];
      const [y, m, d] = date.split('-');
      const place = join(
        folder,
        'logs/insights-logs-containerregistryloginevents',
        `resourceId=${id}/y=${y}/m=${m}/d=${d}/h=${hour}/m=00`,
      );
      mkdirSync(place, { recursive: true });
      const record = {
        ...{ time: `${date}T${hour}:30:00.0000000Z`, category: 'ContainerRegistryLoginEvents' },
        ...{ resourceId: id, operationName: 'Login', identity: 'robot', resultDescription: '200' },
        ...{ callerIpAddress: '203.0.113.7', correlationId: `${name}-${date}-${hour}` },
        properties: { loginServer: `${name}.azurecr.io`, userAgent: 'docker/28' },
      };
      writeFileSync(join(place, 'PT1H.json'), `${JSON.stringify(record)}\n`);
    }
  }
}

async function drain() {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const env = {
    ...process.env,
    TALLYMAN_LOG_ARCHIVE: join(folder, 'logs'),
    TALLYMAN_ARCHIVE: `${blobUrl}/evidence`,
    TALLYMAN_STORAGE_CONNECTION: azurite.connectionString.replaceAll(azurite.blobUrl, blobUrl),
    TALLYMAN_SIGNING_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    TALLYMAN_TEMPLATES: join(folder, 'templates'),
    TALLYMAN_SINCE: dayOf(today - days * DAY_MS),
    TALLYMAN_SCRATCH: join(folder, 'scratch'),
    FANOUT_QUEUES: azurite.connectionString,
  };
  const started = Date.now();
  const work = () =>
    Array.from({ length: WORKERS }, () =>
      spawn(process.execPath, [join(root, 'test/fanout/worker.mjs')], {
        env,
        stdio: ['ignore', 'ignore', 'inherit'],
      }),
    );
  let workers = work();
  for (const share of [1 / 4, 2 / 3]) {
    while ((await runsSealed()) < wanted * share) await sleep(500);
    for (const worker of workers) worker.kill('SIGKILL');
    console.log(`killed with ${await runsSealed()} of ${wanted} runs sealed`);
    workers = work();
  }
  await Promise.all(
    workers.map((worker) => new Promise((resolve) => worker.once('exit', resolve))),
  );
  return report((Date.now() - started) / 1000);
}

async function runsSealed() {
  let entries = 0;
  for await (const { name } of container.listBlobsFlat())
    if (/\/chain\/\d+\./.test(name)) entries += 1;
  // Each stream that has begun has a genesis.
  return Math.max(0, entries - names.length);
}

async function report(seconds) {
  const archive = createBlobStore(container);
  let [sealed, duplicates, missing, gaps] = [0, 0, 0, 0];
  for (const name of names) {
    const entries = await readChain(archive, `daily.${name}`);
    const kinds = entries.map(({ manifest }) => manifest.predicate);
    const periods = kinds.filter(({ kind }) => kind === 'run').map(({ period }) => period.id);
    gaps += kinds.filter(({ kind }) => kind === 'gap').length;
    sealed += periods.length;
    duplicates += periods.length - new Set(periods).size;
    const due = Array.from({ length: days }, (_, index) => dayOf(today - (index + 1) * DAY_MS));
    missing += due.filter((period) => !periods.includes(period)).length;
    if (periods.join() !== [...periods].sort().join()) console.log(`${name}: not oldest first`);
  }
  const { discrepancies } = await verifyArchive(archive);
  console.log(
    `${sealed} sealed, ${duplicates} duplicates, ${missing} missing, ${gaps} gaps, ${discrepancies.length} discrepancies; ` +
      `${seconds.toFixed(0)} s, ${(seconds / sealed).toFixed(2)} s and ${(proxy.requests() / sealed).toFixed(0)} storage calls per run`,
  );
  return sealed === wanted && duplicates + missing + gaps + discrepancies.length === 0;
}
