// Puts the fonts that the app's package leaves out where the app gets them from, after `npm run bundle`:
//
//   node infra/upload-fonts.mjs dist-bundle-fonts [<container>]      by default $TALLYMAN_FONTS
//
// With the identity that `azd auth login` or `az login` gave; its role Storage Blob Data Contributor on the container
// may be a few minutes old and not work yet. Fonts that are there already are left alone.
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const { openBlobStore } = require(
  join(fileURLToPath(new URL('..', import.meta.url)), 'dist/open-archive.js'),
);
/** Role assignments take up to ten minutes to work. */
const ATTEMPTS = 40;
const PAUSE_MS = 15_000;

const [, , folder, container = process.env.TALLYMAN_FONTS ?? ''] = process.argv;
if (folder === undefined || container === '') {
  console.error('Give the folder of fonts, and the address of the container or TALLYMAN_FONTS.');
  process.exit(64);
}
const store = await openBlobStore(container, process.env.TALLYMAN_STORAGE_CONNECTION);
for (const file of readdirSync(folder)) {
  const result = await created(file, readFileSync(join(folder, file)));
  console.log(`${basename(file)}: ${result === 'created' ? 'uploaded' : 'is there'}`);
}

async function created(file, bytes) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await store.create(file, bytes);
    } catch (error) {
      const isRefused = error.cause?.statusCode === 403;
      if (!isRefused || attempt === ATTEMPTS) {
        console.error(`${error.message} ${error.hint ?? ''}`);
        process.exit(1);
      }
      console.error(`Refused; a new role may take ten minutes. Attempt ${attempt}.`);
      await setTimeout(PAUSE_MS);
    }
  }
}
