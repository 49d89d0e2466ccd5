import { Command } from 'commander';
import { addCheckCommand } from './commands/check';
import { addDestroyCommand } from './commands/destroy';
import { addDoctorCommand } from './commands/doctor';
import { addDueCommand } from './commands/due';
import { addPreviewCommand } from './commands/preview';
import { addQueryCommand } from './commands/query';
import { addReperformCommand } from './commands/reperform';
import { addReviewCommand } from './commands/review';
import { addRotateKeyCommand } from './commands/rotate-key';
import { addRunCommand } from './commands/run';
import { addSamplesCommand } from './commands/samples';
import { addServeCommand } from './commands/serve';
import { addVerifyCommand } from './commands/verify';
import type { ExitCode } from './output';

/** The command line, ready to parse. `done` gets the exit code of the command that ran. */
export function createProgram(version: string, done: (code: ExitCode) => void): Command {
  const program = new Command('tallyman')
    .description(
      'Compliance reports for Azure Container Registry, with evidence that an auditor can verify offline.',
    )
    .version(version)
    .showHelpAfterError('Say `tallyman help COMMAND` to see what it takes.')
    .exitOverride();
  addDueCommand(program, done);
  addRunCommand(program, done);
  addVerifyCommand(program, done);
  addReperformCommand(program, done);
  addReviewCommand(program, done);
  addRotateKeyCommand(program, done);
  addDestroyCommand(program, done);
  addServeCommand(program, done);
  addQueryCommand(program, done);
  addCheckCommand(program, done);
  addPreviewCommand(program, done);
  addDoctorCommand(program, done);
  addSamplesCommand(program, done);
  return program;
}
