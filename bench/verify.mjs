// A year of daily runs in three streams, verified whole: npm run bench:verify
//
// Prints how long `verifyArchive` takes against `sha256sum` over the same files in the same minute, and how much
// memory it adds for one stream of a year against three. Files per run: BENCH_FILES, 8 by default.
import { spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(import.meta.url);
const built = (path) => require(join(root, 'dist', path));
const { bundleBytes } = built('archive/bundle.js');
const { createFolderStore } = built('archive/folder-store.js');
const { chainPath, keyPath, manifestPath } = built('archive/layout.js');
const { manifestBytes, manifestOf, sealedPeriod } = built('archive/manifest.js');
const { signerFromPem } = built('archive/signing-key.js');
const { verifyArchive } = built('archive/verify.js');
const { sha256 } = built('core/digest.js');
const { nextPeriod, periodContaining } = built('core/period.js');

const FILES = Number(process.env.BENCH_FILES ?? 8);
const DAYS = 365;
const TIME = '2027-01-02T00:00:00.000Z';
const folder = mkdtempSync(join(tmpdir(), 'tallyman-bench-verify-'));
const pem = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const signer = signerFromPem(pem.export({ type: 'pkcs8', format: 'pem' }).toString());

function put(path, content) {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  return sha256(content);
}

async function seal(stream, subject, predicate, previous) {
  const content = manifestBytes(
    manifestOf(subject, {
      stream,
      sequence: (previous?.sequence ?? 0) + 1,
      previous: previous ?? null,
      keyFingerprint: signer.fingerprint,
      software: { name: 'tallyman', version: '0', commit: 'bench' },
      startedAt: TIME,
      sealedAt: TIME,
      definitionSha256: sha256('definition'),
      ...predicate,
    }),
  );
  const manifestSha256 = sha256(content);
  put(manifestPath(stream, manifestSha256), content);
  const sequence = (previous?.sequence ?? 0) + 1;
  const signature = await signer.sign(content);
  const seal = { manifestSha256, signature, keyFingerprint: signer.fingerprint };
  put(chainPath(stream, sequence), bundleBytes(seal));
  return { sequence, sha256: manifestSha256 };
}

async function writeStream(stream) {
  const key = `../${keyPath(signer.fingerprint)}`;
  const digest = put(keyPath(signer.fingerprint), signer.publicKeyPem);
  let period = periodContaining('day', 'Asia/Seoul', '2026-01-01T00:00:00.000Z');
  const schedule = { firstPeriod: sealedPeriod(period), deliverAt: '07:00', settleHours: 6 };
  const [reportId, scopeId] = stream.split('.');
  const genesis = { kind: 'genesis', reportId, scopeId, schedule };
  let last = await seal(stream, [{ name: key, digest: { sha256: digest } }], genesis);
  for (let day = 0; day < DAYS; day += 1, period = nextPeriod(period)) {
    const subject = [];
    for (let i = 0; i < FILES; i += 1) {
      const name = `runs/${period.id}/${['definition.json', 'run.json'][i] ?? `evidence/audit-${i}.json`}`;
      const text = `{"rows":${JSON.stringify(Array.from({ length: 40 }, (_, n) => [day, i, n]))}}`;
      subject.push({ name, digest: { sha256: put(`${stream}/${name}`, text) } });
    }
    const audits = Array.from({ length: 34 }, (_, i) => ({
      ...{ id: `audit-${i}`, outcome: 'pass', querySha256: sha256(`${i}`), rows: 1 },
      ...{ answer: 'complete', executedAt: TIME },
    }));
    const counts = {
      audits: { error: 0, fail: 0, info: 0, pass: 34 },
      findings: { critical: 0, high: 0, medium: 0, low: 0, info: 0 },
      waived: 0,
    };
    const intake = { blobs: 1, bytes: 1, records: 1, duplicates: 0, unreadable: 0 };
    const run = { kind: 'run', period: sealedPeriod(period), outcome: 'pass', trigger: 'timer' };
    last = await seal(stream, subject, { ...run, audits, counts, intake }, last);
  }
}

/** Seconds, and megabytes of memory in use after, beyond what was in use before. */
async function measure(options) {
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  const start = process.hrtime.bigint();
  const result = await verifyArchive(createFolderStore(folder), options);
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  if (!result.good) throw new Error(JSON.stringify(result.discrepancies.slice(0, 3)));
  return { seconds, megabytes: (process.memoryUsage().rss - before) / 1e6 };
}

try {
  const streams = ['one.all', 'three.all', 'two.all'];
  for (const stream of streams) await writeStream(stream);
  await measure({ stream: 'one.all' });
  const one = await measure({ stream: 'one.all' });
  const all = await measure({});
  const start = process.hrtime.bigint();
  spawnSync('sh', ['-c', 'find . -type f -print0 | xargs -0 sha256sum | sha256sum'], {
    cwd: folder,
  });
  const peer = Number(process.hrtime.bigint() - start) / 1e9;
  const line = (what, { seconds, megabytes }) =>
    `${what}: ${seconds.toFixed(2)} s, ${megabytes.toFixed(0)} MB more than before`;
  console.log(line(`one stream, ${DAYS} runs of ${FILES} files`, one));
  console.log(line(`three streams, ${3 * DAYS} runs of ${FILES} files`, all));
  console.log(
    `sha256sum over the same files: ${peer.toFixed(2)} s, ratio ${(all.seconds / peer).toFixed(1)}`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
