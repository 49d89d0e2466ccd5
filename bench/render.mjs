// How long reports take as PDF, and how much memory, against what else makes PDFs of tables: pdfmake (npm), and headless
// Chromium and WeasyPrint when they are installed. Each is a process of its own, from start to exit; peak memory is
// the sum over the process and its children (read from /proc, so Linux only).
//
//   npm run bench:render                  1,000 and 10,000 rows against peers, 100,000 rows alone
//   npm run bench:render -- --ours        without peers
//   npm run bench:render -- --repeat 3    the best of three
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { best, measure } from './measure.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const args = process.argv.slice(2);
const at = args.indexOf('--repeat');
const repeat = at < 0 ? 1 : Number(args.splice(at, 2)[1]);
const alone = args.includes('--ours');

function installed(command) {
  try {
    return execFileSync('which', [command], { encoding: 'utf8' }).trim();
  } catch {
    return undefined;
  }
}

const folder = mkdtempSync(join(tmpdir(), 'tallyman-render-'));
const script = (name) => join(root, 'bench/render', name);
const reportFile = join(folder, 'report.json');
const sample = `
  const { sampleReport } = require(${JSON.stringify(join(root, 'test/support/reports.ts'))});
  process.stdout.write(JSON.stringify(sampleReport()));
`;
const register = join(root, 'test/support/register-typescript.cjs');
writeFileSync(
  reportFile,
  execFileSync(process.execPath, ['--require', register, '-e', sample], { maxBuffer: 1e9 }),
);

/** Peers by name: the command that makes `out` from a number of rows or from our own HTML; the most rows it is asked for. */
const peers = [
  {
    name: 'pdfmake',
    most: 10_000,
    run: (count, out) => [process.execPath, [script('pdfmake.mjs'), `${count}`, out]],
  },
];
const chromium = installed('chromium');
if (chromium !== undefined) {
  const flags = [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    `--user-data-dir=${folder}/chromium`,
  ];
  const print = (html, out) => [...flags, `--print-to-pdf=${out}`, pathToFileURL(html).href];
  peers.push({
    name: 'Chromium',
    most: 10_000,
    run: (_, out, html) => [chromium, print(html, out)],
  });
}
const weasyprint = installed('weasyprint');
if (weasyprint !== undefined) {
  peers.push({ name: 'WeasyPrint', most: 1_000, run: (_, out, html) => [weasyprint, [html, out]] });
}
const figures = [];
try {
  for (const count of [1_000, 10_000, 100_000]) {
    const [out, html] = [join(folder, 'out.pdf'), join(folder, `page-${count}.html`)];
    const ours = (...more) => [
      process.execPath,
      [script('tallyman.mjs'), `${count}`, reportFile, out, ...more],
    ];
    const own = await best(repeat, () => measure(ours()));
    figures.push(row('tallyman', count, own, statSync(out).size));
    const asked = alone ? [] : peers.filter((peer) => count <= peer.most);
    if (asked.length > 0) await measure(ours(html));
    for (const peer of asked) {
      rmSync(out, { force: true });
      const result = await best(repeat, () => measure(peer.run(count, out, html)));
      figures.push(row(peer.name, count, result, statSync(out).size, own));
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.table(figures);

function row(name, count, { seconds, cpuSeconds, megabytes }, bytes, own) {
  return {
    name,
    rows: count.toLocaleString('en-US'),
    seconds: seconds.toFixed(2),
    'CPU s': cpuSeconds.toFixed(2),
    'rows/s': Math.round(count / seconds).toLocaleString('en-US'),
    'peak MB': megabytes.toFixed(0),
    'file MB': (bytes / 1e6).toFixed(2),
    'times ours': own === undefined ? '' : (seconds / own.seconds).toFixed(1),
  };
}
