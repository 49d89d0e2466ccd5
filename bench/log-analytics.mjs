// `npm run bench:log-analytics`: how much memory it takes to ask a workspace for many rows, to keep the answer as
// evidence and to write it as CSV. The workspace is a server in another process that speaks the query API's wire format
// and enforces its limits (500,000 rows, 100 MiB), so that large answers are asked in parts of time and counted. Peak
// memory is that of the asking process and its children (from /proc, so Linux only). Arguments: numbers of rows.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { measure } from './measure.mjs';

const BARS = { 100_000: 256, 2_000_000: 512 };
const here = (name) => fileURLToPath(new URL(`log-analytics/${name}`, import.meta.url));
const sizes = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [100_000, 2_000_000];
let kept = true;
for (const rows of sizes) {
  const folder = mkdtempSync(join(tmpdir(), 'tallyman-log-analytics-'));
  const server = spawn(process.execPath, [here('server.mjs'), String(rows)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const port = await new Promise((resolve) =>
      server.stdout.once('data', (data) => resolve(String(data).trim())),
    );
    const bar = BARS[rows];
    const ask = [here('ask.mjs'), port, folder, String(rows)];
    try {
      const { seconds, megabytes } = await measure([process.execPath, ask]);
      const size = statSync(join(folder, 'answer.json')).size / 1e6;
      console.log(
        `${rows} rows: all of them in ${size.toFixed(0)} MB of evidence; ${seconds.toFixed(1)} s, ${megabytes.toFixed(0)} MB peak` +
          (bar === undefined ? '' : ` (bar ${bar} MB: ${megabytes <= bar ? 'kept' : 'MISSED'})`),
      );
      kept &&= bar === undefined || megabytes <= bar;
    } catch (error) {
      console.log(
        `${rows} rows: failed. ${/^\w*Error: .*$/m.exec(String(error).split('\n').slice(1).join('\n'))?.[0] ?? error}`,
      );
      kept = false;
    }
  } finally {
    server.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}
process.exit(kept ? 0 : 1);
