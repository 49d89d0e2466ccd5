// `npm run bench:log-analytics`: how much memory it takes to make the run of a day with many rows from a workspace, and
// to make the sealed run again. The workspace is a server in another process that speaks the query API's wire format and
// enforces its limits (500,000 rows, 100 MiB), so that large answers are asked in parts of time and counted. Prints the
// rows and the digest that are sealed; the rows of the evidence and of its CSV file are counted besides. Peak memory is
// that of the process and its children (from /proc, so Linux only). Arguments: numbers of rows.
import { spawn } from 'node:child_process';
import { createReadStream, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeTemplates } from './log-analytics/templates.mjs';
import { measure } from './measure.mjs';

const require = createRequire(import.meta.url);
const { takeFile } = require('../dist/core/spool.js');
const { decodeEvidence } = require('../dist/run/evidence.js');

/** Megabytes. */
const BARS = { 100_000: 256, 2_000_000: 512 };
const root = fileURLToPath(new URL('..', import.meta.url));
const here = (name) => join(root, 'bench/log-analytics', name);
const sizes = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [100_000, 2_000_000];
let kept = true;
for (const rows of sizes) {
  try {
    kept = (await benchOf(rows)) && kept;
  } catch (error) {
    console.log(`${rows} rows: failed. ${error}`);
    kept = false;
  }
}
process.exit(kept ? 0 : 1);

/** Whether every row is there and the memory stayed below the bar. */
async function benchOf(rows) {
  const folder = mkdtempSync(join(tmpdir(), 'tallyman-log-analytics-'));
  const server = spawn(process.execPath, [here('server.mjs'), String(rows)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const port = await new Promise((resolve) =>
      server.stdout.once('data', (data) => resolve(String(data).trim())),
    );
    writeTemplates(join(root, 'templates'), join(folder, 'templates'));
    const made = await measure([process.execPath, [here('run.mjs'), folder, port]]);
    const again = await measure([
      process.execPath,
      [
        ...[join(root, 'dist/cli/main.js'), 'reperform', join(folder, 'archive')],
        ...['--run', '2026-03-09', '--templates', join(folder, 'templates')],
      ],
    ]);
    return await judged(rows, folder, made, again);
  } finally {
    server.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function judged(rows, folder, made, again) {
  const sealed = JSON.parse(readFileSync(join(folder, 'sealed.json'), 'utf8'));
  const evidence = join(folder, 'archive/daily.all/runs/2026-03-09/evidence');
  const lines = await linesOf(join(evidence, 'everything.csv'));
  const megabytes = statSync(join(evidence, 'everything.json')).size / 1e6;
  const answer = decodeEvidence(takeFile(join(evidence, 'everything.json')));
  const counts = [sealed.rows, answer.table.rows.length, lines - 1];
  const whole = sealed.answer === 'complete' && counts.every((count) => count === rows);
  const most = BARS[rows] ?? Number.POSITIVE_INFINITY;
  const peak = Math.max(made.megabytes, again.megabytes);
  console.log(
    `${rows} rows: the answer is ${sealed.answer}; ${counts[0]} rows sealed, ${counts[1]} in the evidence of ${megabytes.toFixed(0)} MB, ${counts[2]} in its CSV file\n` +
      `  answer sha256 ${sealed.digest}\n` +
      `  run ${made.seconds.toFixed(1)} s, ${made.megabytes.toFixed(0)} MB at most; made again byte for byte ${again.seconds.toFixed(1)} s, ${again.megabytes.toFixed(0)} MB at most` +
      (most === Number.POSITIVE_INFINITY
        ? ''
        : ` (bar ${most} MB: ${peak <= most ? 'kept' : 'MISSED'})`),
  );
  return whole && peak <= most;
}

async function linesOf(file) {
  let lines = 0;
  for await (const piece of createReadStream(file)) {
    for (const byte of piece) if (byte === 0x0a) lines += 1;
  }
  return lines;
}
