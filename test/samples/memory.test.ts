import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { SampleSummary } from '../../src/samples/generate';

/** Loads the sources in a thread of its own, whose heap is limited. */
const IN_THREAD = `
const { readFileSync } = require('node:fs');
const { parentPort, workerData } = require('node:worker_threads');
const { transformSync } = require(workerData.swc);
require.extensions['.ts'] = (module, file) => {
  const jsc = { parser: { syntax: 'typescript' }, target: 'es2022' };
  const { code } = transformSync(readFileSync(file, 'utf8'), { filename: file, jsc, module: { type: 'commonjs' } });
  module._compile(code, file);
};
require(workerData.module).generateSamples(workerData.options).then((summary) => parentPort.postMessage(summary));
`;

it('a hundred thousand events a day are written within a heap of 64 MiB', async () => {
  const out = mkdtempSync(join(tmpdir(), 'samples-'));
  const worker = new Worker(IN_THREAD, {
    eval: true,
    workerData: {
      swc: require.resolve('@swc/core'),
      module: join(__dirname, '../../src/samples/generate.ts'),
      options: {
        seed: 1,
        firstDay: '2026-03-09',
        days: 1,
        registries: 1,
        eventsPerDay: 100_000,
        timeZone: 'Asia/Seoul',
        out,
        incidents: false,
      },
    },
    resourceLimits: { maxOldGenerationSizeMb: 64 },
  });
  const summary = await new Promise<SampleSummary>((resolve, reject) => {
    worker.on('message', resolve).on('error', reject);
  });
  await worker.terminate();
  rmSync(out, { recursive: true });
  expect(summary.records).toBeGreaterThan(95_000);
  // More than the limit, so that a generator which held what it writes would fail.
  expect(summary.bytes).toBeGreaterThan(80 * 2 ** 20);
});
