const { tmpdir } = require('node:os');
const { join } = require('node:path');
const ordinary = require('./jest.config.cjs');

// Where the suites leave their figures for the reporter, which makes and removes it; workers inherit it.
process.env.TALLYMAN_FAULT_FIGURES ??= join(tmpdir(), `tallyman-fault-figures-${process.pid}`);

/** @type {import('jest').Config} */
module.exports = {
  ...ordinary,
  roots: ['<rootDir>/test/faults'],
  testPathIgnorePatterns: ['/node_modules/'],
  testTimeout: 3_600_000,
  reporters: ['default', '<rootDir>/test/faults/support/figures-reporter.cjs'],
};
