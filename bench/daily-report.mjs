// How long the whole daily report takes on a day of raw logs, and how much memory, against one plain
// streaming JSON.parse pass in Node over the same files. Each is a process of its own; peak memory is
// the sum over the process and its children (read from /proc, so Linux only). "first" is the first report
// ever made, which reads and translates every query; "next" finds the translations kept.
//
//   npm run bench                 10,000, 100,000 and 1,000,000 events
//   npm run bench -- 50000        another size
//   npm run bench -- --repeat 3   the best of three
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { best, measure } from './measure.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const tallyman = join(root, 'dist/cli/main.js');
const day = '2026-03-09';

const args = process.argv.slice(2);
const at = args.indexOf('--repeat');
const repeat = at < 0 ? 1 : Number(args.splice(at, 2)[1]);
const sizes = args.length > 0 ? args.map(Number) : [10_000, 100_000, 1_000_000];

const plainPass = `
  const { createReadStream } = require('node:fs');
  const { createInterface } = require('node:readline');
  (async () => {
    let records = 0, failed = 0;
    for (const file of JSON.parse(process.env.FILES)) {
      for await (const line of createInterface({ input: createReadStream(file) })) {
        try { if (JSON.parse(line).time) records++; } catch { failed++; }
      }
    }
    process.stdout.write(String(records));
  })();
`;

function filesUnder(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.startsWith('PT1H'))
    .map((entry) => join(entry.parentPath, entry.name));
}

/** One of our own processes; findings, and what could not be told, are no failure here. */
function node(args, env = {}) {
  return measure([process.execPath, args], { env, mostCode: 2 });
}

const rows = [];
for (const events of sizes) {
  const folder = mkdtempSync(join(tmpdir(), 'tallyman-bench-'));
  try {
    const logs = join(folder, 'logs');
    const made = ['--seed', '1', '--days', '1', '--registries', '4', '--first-day', day];
    await node([tallyman, 'samples', '--out', logs, '--events-per-day', `${events}`, ...made]);
    const files = filesUnder(logs);
    const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0);
    const plain = await best(repeat, () =>
      node(['-e', plainPass], { FILES: JSON.stringify(files) }),
    );
    let attempt = 0;
    const report = (scratch) => {
      const archive = join(folder, `archive-${++attempt}`);
      const where = ['--logs', logs, '--archive', archive, '--mail', join(folder, 'mail')];
      const run = [tallyman, 'run', 'daily-registry-audit', '--period', day, ...where];
      return node(run, { TALLYMAN_SCRATCH: join(folder, scratch) });
    };
    const first = await best(repeat, () => report(`first-${attempt}`));
    const next = await best(repeat, () => report('first-0'));
    rows.push({
      events: events.toLocaleString('en-US'),
      'raw MB': (bytes / 1e6).toFixed(0),
      'plain pass s': plain.seconds.toFixed(2),
      'plain pass MB': plain.megabytes.toFixed(0),
      'first report s': first.seconds.toFixed(2),
      ratio: (first.seconds / plain.seconds).toFixed(2),
      'next report s': next.seconds.toFixed(2),
      'its ratio': (next.seconds / plain.seconds).toFixed(2),
      'report MB': Math.max(first.megabytes, next.megabytes).toFixed(0),
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
console.table(rows);
