// Bundles main files of the program with all that they read beside them. Used for the app, and to measure it.
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(import.meta.url);

/** Native, too large to be worth parsing again, or read as a file; loaded from node_modules when a query needs them. */
export const ENGINE = ['@duckdb/node-api', '@kusto/language-service-next', 'uap-core'];

/** A worker that finds it outside the bundle can attach telemetry to it. */
export const FUNCTIONS = '@azure/functions';

const leftOut = join(root, 'infra/left-out.cjs');

/** Parts of libraries that no report needs, and that each new process would read; and one that Node does faster. */
const REPLACED = {
  'tiny-inflate': join(root, 'infra/inflate.cjs'),
  // pdfkit breaks lines with it; ours are broken in src/render/pdf/lines.ts.
  linebreak: leftOut,
  // Half of fontkit's code: it reads WOFF2, and the fonts that are embedded are TrueType.
  'brotli/decompress.js': leftOut,
  // pdfkit encrypts with it, which PDF/A forbids.
  '@noble/ciphers/aes': leftOut,
  // htmlparser2's writer of HTML, with another table of all entities.
  'dom-serializer': leftOut,
};

// Bundled code is loaded as modules, in which these CommonJS names are not there.
const banner = `import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);
const __filename = import.meta.filename, __dirname = import.meta.dirname;`;

/** Makes `out/dist/<name>.js` of each entry point, and `out/package.json`. */
export async function bundleCode(out, entryPoints) {
  await build({
    entryPoints,
    absWorkingDir: root,
    outdir: join(out, 'dist'),
    bundle: true,
    // What is imported when it is needed becomes a file of its own.
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    minify: true,
    legalComments: 'none',
    banner: { js: banner },
    alias: REPLACED,
    external: [FUNCTIONS, ...ENGINE, './store-child', './parser-child'],
    logLevel: 'warning',
  });
  // What pdfkit reads beside its own file.
  const pdfkit = dirname(require.resolve('pdfkit'));
  for (const part of ['data/sRGB_IEC61966_2_1.icc', 'standard-fonts/Helvetica.cjs']) {
    cpSync(join(pdfkit, part), join(out, 'dist', part));
  }
  cpSync(join(root, 'dist/prepared'), join(out, 'prepared'), { recursive: true });
  const commit = join(root, 'dist/commit.txt');
  if (existsSync(commit)) cpSync(commit, join(out, 'dist/commit.txt'));
  const { name, version, license, engines } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  );
  const manifest = {
    ...{ name, version, license },
    type: 'module',
    main: 'dist/index.js',
    engines,
    // pdfkit asks for its standard fonts by these names.
    imports: { '#standard-fonts/*': './dist/standard-fonts/*.cjs' },
  };
  writeFileSync(join(out, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}
