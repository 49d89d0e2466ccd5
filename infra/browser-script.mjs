// Prints the one script that pages of the evidence archive have, made of src/web/browser: one text without imports.
import { build } from 'esbuild';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Nothing of the rules does anything when it is loaded, so that what the script does not use is left out. */
const pure = {
  name: 'pure',
  setup({ onResolve, resolve }) {
    onResolve({ filter: /./ }, async ({ path, kind, importer, resolveDir, pluginData }) => {
      if (kind === 'entry-point' || pluginData === pure) return undefined;
      // No package is used: one that is would be asked for by name, and a test sees that.
      if (!path.startsWith('.')) return { path, external: true, sideEffects: false };
      const found = await resolve(path, { kind, importer, resolveDir, pluginData: pure });
      return found.errors.length > 0 ? found : { path: found.path, sideEffects: false };
    });
  },
};

async function browserScript() {
  const { outputFiles } = await build({
    entryPoints: ['src/web/browser/page/main.ts'],
    absWorkingDir: root,
    write: false,
    bundle: true,
    format: 'iife',
    platform: 'browser',
    // Digests, signatures and DecompressionStream are no older.
    target: ['chrome103', 'firefox113', 'safari16.4'],
    minify: true,
    // The program is written so that its language does not matter to a page in UTF-8.
    charset: 'utf8',
    legalComments: 'none',
    // As a module of its own, whatever the program is compiled to.
    tsconfigRaw: {},
    plugins: [pure],
    logLevel: 'warning',
  });
  return outputFiles[0].text;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.stdout.write(await browserScript());
