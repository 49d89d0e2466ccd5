import type { Command } from 'commander';
import { visible } from '../../render/visible';
import type { Check } from '../doctor/check';
import { exitCodeOf } from '../doctor/check';
import type { PlaceOptions } from '../options';
import { settingsWith, withRunOptions } from '../options';
import type { ExitCode } from '../output';
import { print, printJson } from '../output';

interface DoctorOptions extends PlaceOptions {
  readonly json?: true;
}

const MARKS: Readonly<Record<Check['status'], string>> = {
  good: 'good   ',
  bad: 'BAD    ',
  unknown: 'unknown',
  off: 'off    ',
};

/** `tallyman doctor`: looks at everything that a run needs, before one needs it. */
export function addDoctorCommand(program: Command, done: (code: ExitCode) => void): void {
  const command = program
    .command('doctor')
    .summary('check settings, roles, logs, archive, key, mail and clock')
    .description(
      'Tries everything that a run needs, and says what is missing together with the command or the ' +
        'line of Bicep that adds it. It seals nothing and sends no mail; one small file is left in ' +
        'the private store.\n' +
        'Exit code: 0 good, 1 something is bad, 2 something could not be told.',
    );
  withRunOptions(command).action(async (options: DoctorOptions) => {
    const { examineAll } = await import('../doctor/examination.js');
    const checks = await examineAll(settingsWith(options));
    const code = exitCodeOf(checks);
    if (options.json === true) printJson({ good: code === 0, checks });
    else printChecks(checks);
    done(code);
  });
}

function printChecks(checks: readonly Check[]): void {
  for (const { name, status, text, remedy } of checks) {
    print(`${MARKS[status]} ${visible(name)}: ${visible(text)}`);
    for (const line of remedy?.split('\n') ?? []) print(`          ${visible(line)}`);
  }
  const bad = checks.filter(({ status }) => status === 'bad').length;
  const unknown = checks.filter(({ status }) => status === 'unknown').length;
  print(
    bad + unknown === 0
      ? 'Everything that a run needs is there.'
      : `${bad} bad, ${unknown} could not be told.`,
  );
}
