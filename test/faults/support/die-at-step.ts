// A child process of killed.test.ts: does what is due and kills itself at the step that it is told.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createEmlFolder } from '../../../src/mail/eml-folder';
import { replayedSource } from './recorded-logs';
import type { ScenarioName } from './scenarios';
import { perform } from './scenarios';
import type { Place } from './small-report';
import { composeSmall, MAIL, SENT } from './small-report';
import type { Step } from './steps';
import { withSteps } from './steps';

export interface Orders extends Place {
  readonly scenario: ScenarioName;
  readonly recording: string;
  /** Counted from 0; undefined to live and to write down every step. */
  readonly dieAt?: number;
  readonly stepsFile: string;
}

async function main(): Promise<void> {
  const orders = JSON.parse(process.argv[2] ?? '') as Orders;
  const steps: Step[] = [];
  const composed = await composeSmall(orders, replayedSource(orders.recording));
  const mailer = createEmlFolder(join(orders.folder, MAIL));
  const onStep = (step: Step): void => {
    if (steps.length === orders.dieAt) process.kill(process.pid, 'SIGKILL');
    steps.push(step);
  };
  const parts = withSteps(composed.parts, mailer, join(orders.folder, SENT), onStep);
  const failed = await perform(orders.scenario, parts, orders.folder, onStep);
  await composed.close();
  if (failed.length > 0) throw failed[0];
  writeFileSync(orders.stepsFile, JSON.stringify(steps));
}

void main();
