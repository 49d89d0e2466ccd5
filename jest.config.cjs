const { join } = require('node:path');

// Child processes that the sources start are TypeScript too.
const hook = join(__dirname, 'test/support/register-typescript.cjs');
process.env.NODE_OPTIONS = `--require ${JSON.stringify(hook)}`;
// What the program keeps for its next process is kept for the next suite.
process.env.XDG_CACHE_HOME = join(__dirname, 'node_modules/.cache/tests');

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: '<rootDir>/test/support/environment.cjs',
  globalSetup: '<rootDir>/test/support/before-all.cjs',
  globalTeardown: '<rootDir>/test/support/after-all.cjs',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  // They take minutes: npm run test:faults.
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/faults/'],
  transform: {
    '^.+\\.[jt]s$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
      },
    ],
  },
  // These are ES modules, which jest does not load.
  transformIgnorePatterns: ['/node_modules/(?!(hyparquet|hyparquet-writer)/)'],
  // Dynamic imports name the compiled file; tests run the source.
  moduleNameMapper: {
    '^(\\.{1,2}/.*)\\.js$': '$1',
    // Node requires their ES modules; jest can't.
    '^(d3-[a-z-]+|internmap)$': '<rootDir>/node_modules/$1/dist/$1.js',
  },
  setupFiles: ['<rootDir>/test/support/shared-parser.ts'],
  testTimeout: 60_000,
};
