const { mkdtempSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

/** One folder for whatever a run of the tests, or a program that it starts, leaves for temporary files. */
let folder;
let before;

module.exports = {
  makeTemporaryFolder() {
    before = process.env.TMPDIR;
    // A short name: sockets have paths of at most a hundred bytes.
    folder = mkdtempSync(join(tmpdir(), 'tallyman-'));
    process.env.TMPDIR = folder;
  },
  removeTemporaryFolder() {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
    try {
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    } catch {
      // A program that ends just now may still write into it.
    }
  },
};
