#!/usr/bin/env node
import '../core/late-optimization';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startAhead } from '../kql/store-process';
import { endOnSignals } from './end-on-signal';

/**
 * A reader such as `head` may go away before all is printed, and a disk may be full: neither must end a run that
 * is being sealed. What was not printed for another reason than the reader’s is told, and shows in the exit code.
 */
function outliveReaders(stream: NodeJS.WriteStream): void {
  let isTold = false;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE' || isTold) return;
    isTold = true;
    if (stream !== process.stderr) {
      process.stderr.write(`tallyman: the output could not be written: ${error.message}\n`);
    }
    process.once('exit', () => {
      process.exitCode = 2;
    });
  });
}

async function main(args: readonly string[]): Promise<void> {
  outliveReaders(process.stdout);
  outliveReaders(process.stderr);
  endOnSignals();
  // The engine takes as long to start as everything else together, so it begins before the rest is even loaded.
  if (args[0] === 'query' && !args.includes('--explain') && !args.includes('--help')) startAhead();
  const { CommanderError } = await import('commander');
  const { rememberQueries } = await import('../machine.js');
  const { environmentSettings } = await import('../settings.js');
  const { reportError } = await import('./output.js');
  const { createProgram } = await import('./program.js');
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
