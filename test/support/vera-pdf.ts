import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** veraPDF's command, or a jar that has its library; empty where there is none. */
export const VERAPDF = process.env['VERAPDF'] ?? '';

export type Profile = '3a' | '3b' | 'ua1';

/** What veraPDF finds wrong with PDF files: a line for each file and profile that it breaks. */
export function brokenIn(files: readonly string[], profiles: readonly Profile[]): string[] {
  return VERAPDF.endsWith('.jar')
    ? foundByLibrary(files, profiles)
    : files.flatMap((file) => profiles.flatMap((profile) => foundByCommand(file, profile)));
}

function foundByLibrary(files: readonly string[], profiles: readonly Profile[]): string[] {
  const judge = join(__dirname, 'VeraPdf.java');
  const args = ['-cp', VERAPDF, judge, profiles.join(','), ...files];
  const lines = execFileSync('java', args, { encoding: 'utf8', maxBuffer: 1e8 }).trim().split('\n');
  const judged = lines.map((line) => line.split('\t'));
  // A judge who is silent has not found anything good.
  if (judged.length !== files.length * profiles.length) throw new Error(lines.join('\n'));
  return judged
    .filter(([, verdict]) => verdict !== 'complies')
    .map(([profile = '', , , found = '', file = '']) => `${file} ${profile}: ${found}`);
}

function foundByCommand(file: string, profile: Profile): string[] {
  const args = ['--flavour', profile, '--format', 'text', '-v', file];
  const { stdout } = spawnSync(VERAPDF, args, { encoding: 'utf8' });
  return stdout.startsWith('PASS') ? [] : [`${file} ${profile}: ${stdout}`];
}
