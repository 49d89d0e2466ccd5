// 500,000 rows in each format of a report's exports: npm run bench:exports
//
// Each in a process of its own; prints rows a second, the file's size and the greatest memory, and fails when a
// process took more than 400 MB. Rows: BENCH_ROWS. They are made one by one, as a source gives them.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROWS = Number(process.env.BENCH_ROWS ?? 500_000);
const MOST_MB = 400;
const root = fileURLToPath(new URL('..', import.meta.url));
const built = (path) => createRequire(import.meta.url)(join(root, 'dist', path));

const table = {
  columns: [
    ...[
      'TimeGenerated:datetime',
      'LoginServer:string',
      'OperationName:string',
      'Repository:string',
    ],
    ...['Identity:string', 'CallerIpAddress:string', 'UserAgent:string', 'CorrelationId:guid'],
    ...['DurationMs:long', 'Size:long'],
  ].map((heading) => ({ name: heading.split(':')[0], type: heading.split(':')[1] })),
  rows: {
    *[Symbol.iterator]() {
      for (let n = 0; n < ROWS; n += 1) yield row(n);
    },
  },
};

/** Values as unlike each other as those of real logs. */
function row(n) {
  const mixed = (Math.imul(n ^ (n >>> 15), 0x2c1b3c6d) >>> 0).toString(16).padStart(8, '0');
  return [
    `${new Date(1772323200000 + n * 172).toISOString().slice(0, -1)}${String(n % 10000).padStart(4, '0')}Z`,
    'contoso.azurecr.io',
    n % 7 === 0 ? 'Push' : 'Pull',
    `team-${n % 40}/service-${n % 211}`,
    n % 3 === 0 ? `${mixed}-1c5e-4ad0-8f0e-2f3b6d1c9a77` : `user-${n % 97}@contoso.com`,
    `10.${n % 5}.${(n >> 3) % 256}.${n % 256}`,
    n % 11 === 0 ? '=HYPERLINK("https://example.com") 한국어' : 'containerd/1.7.12',
    `${mixed}-7a1b-4c2d-9e3f-${mixed}${mixed.slice(4)}`,
    n % 900,
    n * 4096,
  ];
}

async function write(format) {
  if (format === 'csv') return sizeOf(built('render/csv.js').csvLines(table));
  if (format === 'jsonl') return sizeOf(built('render/exports/jsonl.js').renderJsonl(table));
  if (format === 'parquet')
    return (await built('render/exports/parquet.js').renderParquet(table)).length;
  const { renderSpreadsheet } = built('render/exports/spreadsheet.js');
  return sizeOf(renderSpreadsheet([{ name: 'events', table }]));
}

/** What is kept is what a run keeps: compressed pieces, until the file is whole. */
async function sizeOf(pieces) {
  const kept = [];
  let size = 0;
  for await (const piece of pieces) {
    if (typeof piece !== 'string') kept.push(piece);
    size += piece.length;
  }
  return kept.length === 0 ? size : Buffer.concat(kept).length;
}

const [format] = process.argv.slice(2);
if (format === undefined) {
  let failed = false;
  for (const each of ['csv', 'jsonl', 'parquet', 'xlsx']) {
    const child = spawnSync(process.execPath, [fileURLToPath(import.meta.url), each], {
      stdio: ['ignore', 'pipe', 'inherit'],
      encoding: 'utf8',
    });
    console.log(child.stdout.trim());
    failed ||= child.status !== 0;
  }
  process.exitCode = failed ? 1 : 0;
} else {
  const started = performance.now();
  const size = await write(format);
  const seconds = (performance.now() - started) / 1000;
  const megabytes = process.resourceUsage().maxRSS / 1024;
  console.log(
    `${format.padEnd(8)} ${seconds.toFixed(1).padStart(5)} s  ${Math.round(ROWS / seconds)} rows/s  ` +
      `${(size / 1e6).toFixed(1)} MB file  ${megabytes.toFixed(0)} MB at most`,
  );
  if (megabytes > MOST_MB) {
    console.log(`${format} took more than ${MOST_MB} MB.`);
    process.exitCode = 1;
  }
}
