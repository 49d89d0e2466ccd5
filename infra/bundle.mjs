// Makes the function app as it is deployed, in a few files: `npm run bundle`, or `node infra/bundle.mjs [<folder>]
// [--engine]`. The embedded engine is put in with --engine only: a workspace needs none of it, log archives do.
//
//   dist/index.js        registers the functions; everything else is loaded when it is first needed
//   dist/*-child.js      the main files of the engine's processes
//   dist/node_modules/   what can't be bundled: @azure/functions, the fonts' files, the embedded engine
//   prepared/            what the build made of views and languages
//   host.json package.json .funcignore templates/
//
// The large fonts go into a folder beside it, <folder>-fonts, for infra/upload-fonts.mjs: the app gets them from storage
// when it makes its first PDF. Prints how large the package is, as a ZIP file, and the fonts.
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ZipFile } from 'yazl';
import { bundleCode, ENGINE, FUNCTIONS } from './bundle-code.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { engine: { type: 'boolean', default: false } },
});
const out = resolve(positionals[0] ?? join(root, 'dist-bundle'));
const fontsOut = `${out}-fonts`;
// Not beside package.json: there `npm install`, which azd runs before it packs, takes away what that does not name.
const packages = join(out, 'dist/node_modules');
const require = createRequire(import.meta.url);

rmSync(out, { recursive: true, force: true });
await bundleCode(out, {
  index: join(root, 'infra/bundle-entry.ts'),
  'store-child': join(root, 'src/kql/store-child.ts'),
  'parser-child': join(root, 'src/kql/parser-child.ts'),
});
cpSync(join(root, 'host.json'), join(out, 'host.json'));
// Where there is no such file azd leaves every node_modules out of the package.
writeFileSync(join(out, '.funcignore'), '.funcignore\npackage-lock.json\n');
cpSync(join(root, 'templates'), join(out, 'templates'), { recursive: true });
const copied = new Set();
copyPackage(FUNCTIONS);
const fonts = JSON.parse(readFileSync(join(root, 'src/render/pdf/font-list.json'), 'utf8'));
const isLarge = ([, font]) => font.isLarge === true;
const large = Object.entries(fonts).filter(isLarge);
for (const [, { file }] of Object.entries(fonts).filter((font) => !isLarge(font))) copyFont(file);
leaveOut(large);
console.log(`${await sizeOf(out)}, without the embedded engine and ${large.length} large fonts`);
console.log(`${await sizeOf(fontsOut)}, the large fonts`);
if (values.engine) {
  for (const engine of ENGINE) copyPackage(engine);
  console.log(`${await sizeOf(out)}, with the embedded engine`);
}

function copyFont(file) {
  const path = `@expo-google-fonts/${file}`;
  cpSync(require.resolve(path), join(packages, path));
  const manifest = `${path.split('/').slice(0, 2).join('/')}/package.json`;
  cpSync(require.resolve(manifest), join(packages, manifest));
}

/** Puts fonts beside the package under their digests, and tells the app of them. */
function leaveOut(leftOut) {
  rmSync(fontsOut, { recursive: true, force: true });
  mkdirSync(fontsOut, { recursive: true });
  const files = leftOut.map(([name, { file }]) => {
    const bytes = readFileSync(require.resolve(`@expo-google-fonts/${file}`));
    const digest = createHash('sha256').update(bytes).digest('hex');
    writeFileSync(join(fontsOut, `${digest}.ttf`), bytes);
    return { name, digest };
  });
  writeFileSync(join(out, 'dist/fonts-left-out.json'), JSON.stringify(files));
}

/** A package and what it needs, as npm installed them, without what only people read. */
function copyPackage(packageName, from = root) {
  if (copied.has(packageName)) return;
  copied.add(packageName);
  const folder = findPackage(packageName, from);
  if (folder === undefined) return;
  cpSync(folder, join(packages, packageName), {
    recursive: true,
    filter: (path) =>
      !/\.(map|d\.ts|d\.mts|md|ts)$/.test(path) &&
      !relative(folder, path).startsWith('node_modules'),
  });
  const { dependencies, optionalDependencies } = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  );
  for (const next of Object.keys({ ...dependencies, ...optionalDependencies }))
    copyPackage(next, folder);
}

/** As Node finds it; undefined for an optional one of another platform. */
function findPackage(packageName, from) {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', packageName);
    if (existsSync(join(candidate, 'package.json'))) return candidate;
    if (folder === dirname(folder)) return undefined;
  }
}

/** How large a folder is as a ZIP file, for people. */
async function sizeOf(folder) {
  const zip = new ZipFile();
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
  for (const path of files) zip.addFile(join(folder, path), path);
  zip.end();
  let bytes = 0;
  for await (const chunk of zip.outputStream) bytes += chunk.length;
  return `${(bytes / 1e6).toFixed(2)} MB in ${files.length} files`;
}
