import { execFile } from 'node:child_process';
import { join } from 'node:path';

import type { VerifyOptions } from '../../src/archive/verify';

const SCRIPT = join(__dirname, '../../templates/archive/verify.sh');

export interface ScriptResult {
  readonly code: number;
  /** The codes of discrepancies, each once, in order. */
  readonly codes: readonly string[];
  readonly notes: readonly string[];
  readonly output: string;
}

/** What `verify.sh` says of an archive. */
export function verifyWithScript(
  folder: string,
  asked: Omit<VerifyOptions, 'head' | 'tsaCa' | 'retention'> & {
    head?: string;
    'tsa-ca'?: string;
  } = {},
): Promise<ScriptResult> {
  const options = Object.entries(asked).flatMap(([name, value]) => [`--${name}`, value]);
  return new Promise((resolve) => {
    execFile('sh', [SCRIPT, '--archive', folder, ...options], (error, stdout, stderr) => {
      resolve({
        code: error === null ? 0 : Number(error.code),
        codes: distinct(stdout.matchAll(/^([a-z]+-[a-z]+(?:-[a-z]+)?) /gm)),
        notes: distinct(stdout.matchAll(/^note: ([a-z-]+) /gm)),
        output: stdout + stderr,
      });
    });
  });
}

/** The codes of discrepancies or notes, each once, in order. */
export function codesOf(all: readonly { readonly code: string }[]): string[] {
  return [...new Set(all.map(({ code }) => code))].sort();
}

function distinct(matches: Iterable<RegExpMatchArray>): string[] {
  return [...new Set([...matches].map(([, code]) => code ?? ''))].sort();
}
