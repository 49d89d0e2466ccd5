// How long reports take as PDF, and how much memory, against what else makes PDFs of tables: pdfmake and typst (npm), and
// headless Chromium and WeasyPrint when they are installed. All set the same report: the browsers our own page, the
// others its texts and tables as plain blocks; only ours makes the page from the report first. Each is a process of its
// own, from start to exit; peak memory is the sum over the process and its children (read from /proc, so Linux only).
//
//   npm run bench:render                  1,000 and 10,000 rows against peers, 100,000 rows alone
//   npm run bench:render -- --ours        without peers
//   npm run bench:render -- --repeat 3    the best of three
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { bundleCode } from '../infra/bundle-code.mjs';
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

// Within the repository, so that the fonts are found.
const bundle = join(root, 'dist/bench-render');
await bundleCode(bundle, { tallyman: script('tallyman.mjs'), field: script('field.mjs') });

/** Peers by name: the command that makes `out` from the same report; the most rows it is asked for. */
const peers = ['pdfmake', 'typst'].map((name) => ({
  name,
  most: 10_000,
  run: ({ blocks, out }) => [process.execPath, [script(`${name}.mjs`), blocks, out]],
}));
const chromium = installed('chromium');
if (chromium !== undefined) {
  const flags = [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    `--user-data-dir=${folder}/chromium`,
  ];
  peers.push({
    name: 'Chromium',
    most: 10_000,
    run: ({ html, out }) => [
      chromium,
      [...flags, `--print-to-pdf=${out}`, pathToFileURL(html).href],
    ],
  });
}
const weasyprint = installed('weasyprint');
if (weasyprint !== undefined) {
  peers.push({
    name: 'WeasyPrint',
    most: 1_000,
    run: ({ html, out }) => [weasyprint, [html, out]],
  });
}
const figures = [];
let field;
try {
  for (const count of [1_000, 10_000, 100_000]) {
    const [out, html, blocks] = ['out.pdf', 'page.html', 'blocks.json'].map((name) =>
      join(folder, name),
    );
    const ours = (...more) => [
      process.execPath,
      [
        join(bundle, 'dist/tallyman.js'),
        join(root, 'templates'),
        `${count}`,
        reportFile,
        out,
        ...more,
      ],
    ];
    const own = await best(repeat, () => measure(ours()));
    figures.push(row('tallyman', count, own, statSync(out).size));
    const asked = alone ? [] : peers.filter((peer) => count <= peer.most);
    if (asked.length > 0) {
      await measure(ours(html));
      execFileSync(process.execPath, [script('blocks.mjs'), html, blocks]);
    }
    for (const peer of asked) {
      rmSync(out, { force: true });
      const result = await best(repeat, () => measure(peer.run({ html, blocks, out })));
      figures.push(row(peer.name, count, result, statSync(out).size, own));
    }
  }
  field = execFileSync(
    process.execPath,
    [join(bundle, 'dist/field.js'), join(root, 'templates'), reportFile],
    { encoding: 'utf8' },
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.table(figures);
console.log(field.trim());

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
