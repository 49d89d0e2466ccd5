// `npm run bench:wake-up`: the timer of the genuine functions over many streams, with Azurite as the storage account.
// First with nothing due, for streams of one sealed run and of many: seconds and storage calls of a wake-up in a process
// that has planned nothing yet, after another one has. Then with every period missing: what one wake-up queues.
// Bars: 2 s for a wake-up with nothing due in a process that has planned before (another one also loads the program), and
// calls that grow with streams and not with runs. Arguments: streams, runs.
import { fork } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ContainerClient, StorageSharedKeyCredential } from '@azure/storage-blob';
import { countingProxy } from '../test/fanout/counting-proxy.mjs';
import { registryNames, writeTemplates } from '../test/fanout/many-registries.mjs';
import { fill } from './wake-up/fill.mjs';

const MOST_SECONDS = 2;
const WHICH = {
  first: 'the first wake-up ever',
  cold: 'a later one in a new process',
  warm: 'the next one in that process',
};
const require = createRequire(import.meta.url);
const root = fileURLToPath(new URL('..', import.meta.url));
require(join(root, 'test/support/register-typescript.cjs'));
const { startAzurite } = require(join(root, 'test/support/azurite.ts'));
const { compose } = require(join(root, 'dist/compose.js'));
const { parseSettings } = require(join(root, 'dist/settings.js'));

const [streams = 500, runs = 30] = process.argv.slice(2).map(Number);
const folder = mkdtempSync(join(tmpdir(), 'tallyman-wake-up-'));
const azurite = await startAzurite();
const proxy = await countingProxy(new URL(azurite.blobUrl).port);
let good;
try {
  writeTemplates(join(folder, 'templates'), registryNames(streams));
  const few = await nothingDue(1);
  const many = await nothingDue(runs);
  const grown = many.calls > few.calls * 1.1;
  good = few.seconds <= MOST_SECONDS && many.seconds <= MOST_SECONDS && !grown;
  console.log(
    `bar ${MOST_SECONDS} s, calls not of runs: ${good ? 'kept' : 'MISSED'} (Node ${process.version})`,
  );
  good = (await allMissing(runs)) && good;
} finally {
  await azurite.stop();
  proxy.stop();
  rmSync(folder, { recursive: true, force: true });
}
process.exit(good ? 0 : 1);

/** What a wake-up costs when every stream has its runs. */
async function nothingDue(sealed) {
  const env = await storage(`sealed-${sealed}`, { days: sealed, sealed });
  const [first] = await wakeUp(env, 1);
  const [cold, warm] = await wakeUp(env, 2);
  for (const [name, { seconds, cpuSeconds, calls, messages }] of Object.entries({
    first,
    cold,
    warm,
  })) {
    if (messages.length > 0) throw new Error(`${messages.length} messages were queued`);
    console.log(
      `${streams} streams of ${sealed} sealed runs, nothing due, ${WHICH[name]}: ` +
        `${seconds.toFixed(2)} s (${cpuSeconds.toFixed(2)} s of processor time), ${calls} storage calls`,
    );
  }
  return { seconds: warm.seconds, calls: cold.calls };
}

/** What a wake-up queues when no stream has a run. */
async function allMissing(days) {
  const env = await storage('missing', { days, sealed: 0 });
  const [{ seconds, calls, messages }] = await wakeUp(env, 1);
  const periods = new Set(messages.map(({ period }) => period));
  const names = new Set(messages.map(({ scope }) => scope));
  const all = names.size === streams && messages.length === streams && periods.size === 1;
  console.log(
    `${streams} streams of ${days} missing periods: ${seconds.toFixed(2)} s, ${calls} storage calls, ` +
      `${messages.length} messages queued, one for each stream: ${all ? 'its oldest period' : 'NOT SO'}`,
  );
  return all;
}

async function storage(name, what) {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const credential = new StorageSharedKeyCredential(azurite.accountName, azurite.accountKey);
  const container = new ContainerClient(`${azurite.blobUrl}/${name}`, credential);
  await container.create();
  const url = azurite.blobUrl.replace(/:\d+\//, `:${proxy.port}/`);
  const env = {
    TALLYMAN_LOG_ARCHIVE: folder,
    TALLYMAN_ARCHIVE: `${url}/${name}`,
    TALLYMAN_STORAGE_CONNECTION: azurite.connectionString.replaceAll(azurite.blobUrl, url),
    TALLYMAN_SIGNING_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    TALLYMAN_TEMPLATES: join(folder, 'templates'),
    TALLYMAN_SCRATCH: join(folder, 'scratch'),
  };
  const { parts, close } = await compose(parseSettings(env));
  await fill(parts, container, what);
  await close();
  return env;
}

/** Several wake-ups of one process. */
function wakeUp(env, times) {
  const results = [];
  let before = proxy.requests();
  const child = fork(join(root, 'bench/wake-up/wake-up.mjs'), [String(times)], {
    env: { PATH: process.env.PATH, HOME: folder, ...env },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  child.on('message', ({ milliseconds, cpuMilliseconds, messages }) => {
    const calls = proxy.requests() - before;
    before = proxy.requests();
    results.push({
      ...{ seconds: milliseconds / 1000, cpuSeconds: cpuMilliseconds / 1000 },
      ...{ calls, messages },
    });
  });
  return new Promise((resolve, reject) => {
    child.once('exit', (code) =>
      code === 0 ? resolve(results) : reject(new Error(`the worker ended with ${code}`)),
    );
  });
}
