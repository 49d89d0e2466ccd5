import { z } from 'zod';
import { TallymanError } from '../../core/errors';
import type { Instant } from '../../core/period';
import type { Parts } from '../../run/parts';
import type { PlannedAskAgain } from '../../run/plan-ask-again';
import type { PlannedRun, Work } from '../../run/stream-work';
import { compareWork, workOf } from '../../run/stream-work';
import type { StreamDefinition } from '../../run/streams';
import { streamsOf } from '../../run/streams';

const id = z.string().regex(/^[a-z0-9-]{1,100}$/);

const runMessage = z.strictObject({
  report: id,
  scope: id,
  period: z.string().regex(/^\d{4}-[0-9WQ-]{2,5}$/),
  trigger: z.enum(['timer', 'catch-up', 'manual', 'ask-again']),
  /** When the run was planned. */
  plannedAt: z.iso.datetime({ precision: 3 }),
});

/** One run to make, as it travels through the queue. It names no person. */
export type RunMessage = z.infer<typeof runMessage>;

/** The message that asks for a run, or for asking a closed period again. */
export function messageFor(work: Work, now: Instant): RunMessage {
  const { definition, period } = work;
  const { report, scope } = definition;
  const trigger = 'trigger' in work ? work.trigger : 'ask-again';
  return { report: report.id, scope: scope.id, period: period.id, trigger, plannedAt: now };
}

/**
 * The order in which the first work of each stream is queued: what is due now before what is made up, so that a
 * backlog of some streams does not keep the others' readers waiting, closed periods last.
 */
export function inOrder(works: readonly Work[]): Work[] {
  const rank = (work: Work): number =>
    !('trigger' in work) ? 2 : work.trigger === 'catch-up' ? 1 : 0;
  return [...works].sort((a, b) => rank(a) - rank(b) || compareWork(a, b));
}

/** What the host took from the queue, checked. Throws ARGUMENT_INVALID with every problem. */
export function readMessage(entry: unknown): RunMessage {
  const { data, error } = runMessage.safeParse(entry);
  if (data !== undefined) return data;
  throw new TallymanError('ARGUMENT_INVALID', 'The message does not ask for a run.', {
    hint: 'Find out who writes to the queue; only the function `plan` and an operator should.',
    problems: error.issues.map(({ path, message }) => ({
      where: path.map(String).join('.') || 'message',
      message,
    })),
  });
}

/** A run that a message asks for, and the one that its stream needs after it. */
export interface RequestedRun {
  readonly run: PlannedRun;
  readonly next: PlannedRun | undefined;
}

/**
 * The run that a message asks for, or undefined when it is not to be made: its report is not defined any
 * more, or its period is accounted for, not over yet or before the stream's first. Whoever can write to
 * the queue can thus have nothing sealed that the plan would not ask for.
 */
export async function requestedRun(
  parts: Parts,
  message: RunMessage,
  since?: string,
): Promise<RequestedRun | undefined> {
  const definition = definitionOf(parts, message);
  if (definition === undefined) return undefined;
  const { runs } = await workOf(parts, definition, since);
  const index = runs.findIndex(({ period }) => period.id === message.period);
  const run = runs[index];
  return run === undefined ? undefined : { run, next: runs[index + 1] };
}

/** The closed period that a message asks for again, and the one after it; undefined when it is not due. */
export async function requestedAskAgain(
  parts: Parts,
  message: RunMessage,
  since?: string,
): Promise<{ work: PlannedAskAgain; next: PlannedAskAgain | undefined } | undefined> {
  const definition = definitionOf(parts, message);
  if (definition === undefined) return undefined;
  const due = await (await workOf(parts, definition, since)).planAskAgain();
  const index = due.findIndex(({ period }) => period.id === message.period);
  const work = due[index];
  return work === undefined ? undefined : { work, next: due[index + 1] };
}

function definitionOf(parts: Parts, message: RunMessage): StreamDefinition | undefined {
  return streamsOf(parts.catalog).find(
    ({ report, scope }) => report.id === message.report && scope.id === message.scope,
  );
}
