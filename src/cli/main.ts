#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommanderError } from 'commander';
import { rememberQueries } from '../compose';
import { environmentSettings } from '../settings';
import { reportError } from './output';
import { createProgram } from './program';

async function main(args: readonly string[]): Promise<void> {
  const { version } = JSON.parse(readFileSync(join(__dirname, '../../package.json'), 'utf8')) as {
    version: string;
  };
  rememberQueries(environmentSettings());
  const program = createProgram(version, (code) => {
    process.exitCode = code;
  });
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    // Commander has said already what is wrong; asking for help is not wrong.
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 64;
    else process.exitCode = reportError(error, args.includes('--json'));
  }
}

void main(process.argv.slice(2));
