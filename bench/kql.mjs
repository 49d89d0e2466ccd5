// The embedded engine alone, on a day of raw logs of 1,000,000 events, or of another number:
//
//   npm run bench:kql             npm run bench:kql -- 100000
//
// 1. every shipped audit, raw files to answers, against one plain streaming JSON.parse pass in Node over the
//    same files; 2. what one audit more costs; 3. translated SQL against SQL written by hand for the same
//    tables; 4. a query at the prompt over the small sample archive, a whole process, and what of it Node and DuckDB take
//    to be there. Translations are kept.
import { spawnSync } from 'node:child_process';
import {
  createReadStream,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { PAIRS } from './kql-pairs.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(import.meta.url);
const built = (path) => require(join(root, 'dist', path));
const { loadCatalog } = built('catalog/load-catalog.js');
const { bindParameters } = built('catalog/parameters.js');
const { mapInParallel } = built('core/in-parallel.js');
const { textOf } = built('core/pieces.js');
const { TABLE_SCHEMAS } = built('core/table-schemas.js');
const { compileKql } = built('kql/compile.js');
const { rememberIn } = built('kql/remembered.js');
const { isoToTicks } = built('kql/ticks.js');
const { parseBlobPath } = built('logs/blob-paths.js');
const { BlobStore } = built('logs/blob-store.js');
const { createFolderTree } = built('logs/folder-tree.js');
const { createLogArchive } = built('logs/log-archive.js');
const { LOGIN_EVENTS, REPOSITORY_EVENTS } = built('logs/registry-tables.js');
const { rawTable } = built('logs/table-shape.js');

const tallyman = join(root, 'dist/cli/main.js');
const events = Number(process.argv[2] ?? 1_000_000);
const day = '2026-03-09';
const period = { start: '2026-03-08T15:00:00.000Z', end: '2026-03-09T15:00:00.000Z' };
const zone = { timeZone: 'Asia/Seoul' };
const now = () => '2026-03-10T00:00:00.000Z';

async function seconds(work) {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

async function fastest(times, work) {
  let least = Infinity;
  for (let i = 0; i < times; i++) least = Math.min(least, await seconds(work));
  return least;
}

/** Bytes that this process and its children hold, as /proc tells them. */
function resident() {
  const children = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8');
  const pids = [process.pid, ...children.split(' ').filter((pid) => pid.trim() !== '')];
  return pids.reduce((sum, pid) => {
    try {
      const status = readFileSync(`/proc/${pid}/status`, 'utf8');
      return sum + Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024;
    } catch {
      return sum;
    }
  }, 0);
}

async function plainPass(files) {
  for (const file of files) {
    for await (const line of createInterface({ input: createReadStream(file) })) {
      try {
        JSON.parse(line);
      } catch {
        // A line that is cut short.
      }
    }
  }
}

async function allAudits(logs, scratch) {
  const { reports } = await loadCatalog(join(root, 'templates'));
  const audits = new Map(
    reports.flatMap((report) => report.audits).map((audit) => [audit.id, audit]),
  );
  const questions = [...audits.values()].map((audit) => bindParameters(audit, zone, period).kql);
  const source = createLogArchive({ tree: createFolderTree(logs), scratch, now });
  const request = {
    scope: { id: 'all', registries: 'all' },
    window: { start: '2026-02-01T00:00:00.000Z', end: period.end },
    tables: [...new Set([...audits.values()].flatMap((audit) => audit.tables))],
  };
  let session;
  let peak = 0;
  let unanswered = 0;
  const watch = setInterval(() => (peak = Math.max(peak, resident())), 20);
  const reading = await seconds(async () => (session = await source.open(request)));
  const asking = await seconds(async () => {
    const answers = await mapInParallel(questions, session.maxConcurrent, session.query);
    unanswered = answers.filter(({ status }) => status === 'failed').length;
  });
  clearInterval(watch);
  await source.close();
  return { audits: questions.length, reading, asking, peak, unanswered };
}

/** Both event tables in a store, under the names that queries use. */
async function openTables(logs, scratch) {
  const store = await BlobStore.open({ directory: scratch, readable: [logs] });
  for (const shape of [LOGIN_EVENTS, REPOSITORY_EVENTS]) {
    await store.createTable(shape);
    const folder = join(logs, shape.category);
    const blobs = readdirSync(folder, { recursive: true })
      .map((name) => join(folder, name))
      .filter((file) =>
        parseBlobPath(
          file
            .slice(logs.length + 1)
            .split(sep)
            .join('/'),
        ),
      )
      .map((file) => {
        const path = file
          .slice(logs.length + 1)
          .split(sep)
          .join('/');
        const { resource, hour } = parseBlobPath(path);
        return { path, file, size: statSync(file).size, resource, received: hour };
      });
    await store.load(shape, blobs);
    await store.finishLoading(shape);
    const columns = TABLE_SCHEMAS[shape.table].map(({ name }) => `"${name}"`).join(', ');
    await store.tables.execute(
      `CREATE VIEW "${shape.table}" AS SELECT ${columns} FROM ${rawTable(shape.table)}`,
    );
  }
  return store;
}

async function againstHandWritten(store) {
  const rows = [];
  for (const { name, kql, sql } of PAIRS) {
    const text = bindParameters({ query: kql, lookBackDays: 0 }, zone, period).kql;
    const query = await compileKql(text, TABLE_SCHEMAS, { now: now() });
    const ours = { ...query, orderDefined: true };
    const written = sql
      .replaceAll('START', String(isoToTicks(period.start)))
      .replaceAll(/\bEND\b/g, String(isoToTicks(period.end)));
    // The store names the columns of an answer when it writes the rows, so both have the same names.
    const names = query.columns.map(({ name }) => `"${name}"`).join(', ');
    const theirs = { ...ours, sql: `SELECT * FROM (${written}) AS answer(${names})` };
    const texts = [
      textOf(await store.tables.answer(theirs)),
      textOf(await store.tables.answer(ours)),
    ];
    if (texts[0] !== texts[1]) {
      throw new Error(`${name}: the two give different answers`);
    }
    const byHand = await fastest(7, () => store.tables.answer(theirs));
    const translated = await fastest(7, () => store.tables.answer(ours));
    rows.push({ name, byHand, translated, ratio: translated / byHand });
  }
  return rows;
}

const folder = mkdtempSync(join(tmpdir(), 'tallyman-bench-'));
try {
  const logs = join(folder, 'logs');
  const made = ['--seed', '1', '--days', '1', '--registries', '4', '--first-day', day];
  const many = ['--events-per-day', `${events}`];
  spawnSync(process.execPath, [tallyman, 'samples', '--out', logs, ...many, ...made]);
  const files = readdirSync(logs, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.name.startsWith('PT1H'))
    .map((entry) => join(entry.parentPath, entry.name));
  const plain = await seconds(() => plainPass(files));
  rememberIn(join(folder, 'queries'));
  await allAudits(join(root, 'samples/logs'), join(folder, 'first'));
  const all = await allAudits(logs, join(folder, 'second'));
  const total = all.reading + all.asking;
  console.log(
    `${events.toLocaleString('en-US')} events. Plain JSON.parse pass: ${plain.toFixed(2)} s.`,
  );
  console.log(
    `${all.audits} audits, raw files to answers: ${total.toFixed(2)} s (reading ${all.reading.toFixed(2)}, ` +
      `asking ${all.asking.toFixed(2)}), ${(total / plain).toFixed(2)} × the plain pass; ` +
      `peak ${(all.peak / 1e6).toFixed(0)} MB in all; ${all.unanswered} unanswered.`,
  );
  console.log(`One audit more, on average: ${(all.asking / all.audits).toFixed(3)} s.`);

  const store = await openTables(logs, join(folder, 'third'));
  const pairs = await againstHandWritten(store);
  await store.close();
  console.table(
    pairs.map(({ name, byHand, translated, ratio }) => ({
      question: name,
      'by hand ms': (byHand * 1000).toFixed(0),
      'translated ms': (translated * 1000).toFixed(0),
      ratio: ratio.toFixed(2),
    })),
  );
  const mean = Math.exp(pairs.reduce((sum, { ratio }) => sum + Math.log(ratio), 0) / pairs.length);
  console.log(`Translated against hand-written SQL, geometric mean: ${mean.toFixed(2)} ×.`);

  const prompt = [
    tallyman,
    'query',
    'ContainerRegistryLoginEvents | count',
    '--logs',
    'samples/logs',
  ];
  const env = { ...process.env, TALLYMAN_SCRATCH: folder };
  const ask = () => Promise.resolve(spawnSync(process.execPath, prompt, { cwd: root, env }));
  await ask();
  const select = `require('@duckdb/node-api').DuckDBInstance.create().then((db) => db.connect())
    .then((connection) => connection.run('SELECT 1'))`;
  const bare = () => Promise.resolve(spawnSync(process.execPath, ['-e', select], { cwd: root }));
  console.log(
    `A kept query at the prompt, whole process: ${(await fastest(5, ask)).toFixed(2)} s. ` +
      `Node, opening DuckDB and selecting 1: ${(await fastest(5, bare)).toFixed(2)} s.`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
