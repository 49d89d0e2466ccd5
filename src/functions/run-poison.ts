import { app } from '@azure/functions';
import { appParts } from './shared/app-parts';
import { MOST_ATTEMPTS, POISON_QUEUE, QUEUE_CONNECTION } from './shared/queues';
import { orGoOn, orThrow } from './shared/trouble';

/**
 * Seals and mails that a run could not be made within a day of when it was due; until then the message is logged and
 * dropped, because `plan` queues the run again. So is a message that asks for no run; when the gap can't be sealed
 * either, the host shows the message again until it expires.
 */
app.storageQueue('run-poison', {
  queueName: POISON_QUEUE,
  connection: QUEUE_CONNECTION,
  handler: (entry, context) =>
    orThrow(context, async () => {
      const { readMessage, requestedRun } = await import('./shared/run-message.js');
      const message = await orGoOn(context, () => readMessage(entry));
      if (message === undefined) return;
      const { settings, parts } = await appParts();
      const name = `${message.report}.${message.scope} ${message.period}`;
      const requested = await requestedRun(parts, message, settings.since);
      if (requested === undefined) {
        context.warn(`${name} failed, and is accounted for, not due, or not defined.`);
        return;
      }
      const { recordGap } = await import('../run/record-gap.js');
      const { definition, period } = requested.run;
      const gap = await recordGap(parts, definition, period, {
        reason: `The run could not be made in ${MOST_ATTEMPTS} attempts; the log of the function app says why.`,
        attempts: MOST_ATTEMPTS,
        since: message.plannedAt,
      });
      if (gap.status === 'sealed') {
        context.error(`${name} is sealed as a gap, entry ${gap.entry.sequence}.`);
      } else if (gap.status === 'left') {
        context.error(`${name} failed in ${MOST_ATTEMPTS} attempts; the next wake-up tries again.`);
      }
    }),
});
