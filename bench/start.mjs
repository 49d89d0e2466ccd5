// `npm run bench:start`: from starting a process to having all functions registered, for the bundled app and for an app
// of one function that does nothing, in turns. Bar: the bundled app takes at most 1.5 times as long. Argument: rounds.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const BAR = 1.5;
const [rounds = 15] = process.argv.slice(2).map(Number);
const root = fileURLToPath(new URL('..', import.meta.url));
const worker = join(root, 'test/functions/support/bundle-app.mjs');
const folder = mkdtempSync(join(tmpdir(), 'tallyman-start-'));
let ratio;
try {
  const app = join(folder, 'app');
  execFileSync(process.execPath, [join(root, 'infra/bundle.mjs'), app], { stdio: 'ignore' });
  const hello = join(folder, 'hello');
  mkdirSync(join(hello, 'dist'), { recursive: true });
  writeFileSync(join(hello, 'package.json'), '{"type":"module","main":"dist/index.js"}\n');
  writeFileSync(
    join(hello, 'dist/index.js'),
    "import { app } from '@azure/functions';\napp.timer('hello', { schedule: '0 5 * * * *', handler: () => undefined });\n",
  );
  const needed = readdirSync(join(app, 'dist/node_modules')).filter(
    (name) => !/^@(duckdb|kusto|expo)/.test(name),
  );
  for (const name of needed) {
    cpSync(join(app, 'dist/node_modules', name), join(hello, 'node_modules', name), {
      recursive: true,
    });
  }
  const times = { app: [], hello: [] };
  for (let round = 0; round < rounds; round++) {
    for (const [name, place] of Object.entries({ app, hello })) times[name].push(startOf(place));
  }
  const [ours, theirs] = [median(times.app), median(times.hello)];
  ratio = ours / theirs;
  console.log(
    `bundled app ${ours.toFixed(0)} ms, hello-world app ${theirs.toFixed(0)} ms, ratio ${ratio.toFixed(2)} (bar ${BAR}); ` +
      `medians of ${rounds}, Node ${process.version}`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit(ratio <= BAR ? 0 : 1);

/** Milliseconds until a process that loads an app has printed its functions. */
function startOf(place) {
  const started = performance.now();
  execFileSync(process.execPath, [worker, join(place, 'dist/index.js'), 'load'], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: folder },
  });
  return performance.now() - started;
}

function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}
