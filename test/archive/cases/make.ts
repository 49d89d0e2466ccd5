import { rmSync } from 'node:fs';
import { join } from 'node:path';

import { writeCases } from './write';

/** `npm run testdata`: writes testdata/archives again. The same cases give the same bytes. */
async function main(): Promise<void> {
  const root = join(__dirname, '../../../testdata/archives');
  rmSync(root, { recursive: true, force: true });
  await writeCases(root);
}

void main();
