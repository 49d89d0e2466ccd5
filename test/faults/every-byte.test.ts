import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describeByteDamage, flipped } from '../archive/byte-damage';
import { put } from '../archive/forge';
import { verifyWithScript } from '../archive/support';
import { record, STRIDE } from './support/figures';

/** A quick look takes one byte in a hundred: each one costs a whole verification. */
const SPARSE = STRIDE === 1 ? 1 : STRIDE * 25;

const damageable = describeByteDamage({
  *bytesOf(length) {
    for (let byte = 0; byte < length; byte += SPARSE) yield byte;
  },
  cutsOf: (length) => [0, 1, length >> 1, length - 1],
  namesOf: (path) => [`${path}.bak`, path.toUpperCase(), `moved/${path}`],
  swaps: STRIDE === 1 ? 'any two' : 'of a kind',
  overwrites: 200,
  onFlipped: (flips) => {
    record({
      test: 'a bit of every byte of every file of an archive flipped',
      cases: flips,
      bar: 'seen by tallyman verify with the right code',
      result: `${String(flips)} seen`,
    });
  },
  onSwapped: (swaps) => {
    record({
      test: 'two files of an archive with their contents swapped',
      cases: swaps,
      bar: 'seen by tallyman verify with the right code',
      result: `${String(swaps)} seen`,
    });
  },
});

it('sees flips with verify.sh as well', async () => {
  const { folder, files, asked } = damageable();
  const each = Math.ceil(500 / files.length / SPARSE);
  let flips = 0;
  for (const path of files) {
    const content = readFileSync(join(folder, path));
    for (let i = 0; i < each; i += 1) {
      const byte = Math.floor((i * content.length) / each);
      put(folder, path, flipped(content, byte));
      const { code, codes } = await verifyWithScript(folder, asked);
      put(folder, path, content);
      expect({ path, byte, code, any: codes.length > 0 }).toEqual({
        path,
        byte,
        code: 1,
        any: true,
      });
      flips += 1;
    }
  }
  record({
    test: 'a bit flipped, and verify.sh asked',
    cases: flips,
    bar: 'seen by verify.sh',
    result: `${String(flips)} seen`,
  });
}, 3_600_000);
