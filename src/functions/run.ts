import { app, output } from '@azure/functions';
import { appParts } from './shared/app-parts';
import { logEvent } from './shared/log-event';
import { QUEUE_CONNECTION, RUN_QUEUE } from './shared/queues';
import { traced } from './shared/traced';
import { orGoOn, orThrow } from './shared/trouble';
import { inSpan } from '../core/spans';

const runs = output.storageQueue({ queueName: RUN_QUEUE, connection: QUEUE_CONNECTION });

/**
 * Makes the run that a message asks for, mails it unless it is made up, and queues its stream's next one; or
 * asks a closed period again.
 */
app.storageQueue('run', {
  queueName: RUN_QUEUE,
  connection: QUEUE_CONNECTION,
  extraOutputs: [runs],
  handler: (entry, context) =>
    orThrow(context, () =>
      traced(context, 'queued-work', {}, async () => {
        const { messageFor, readMessage, requestedAskAgain, requestedRun } =
          await import('./shared/run-message.js');
        const message = readMessage(entry);
        const { settings, parts } = await appParts();
        const name = `${message.report}.${message.scope} ${message.period}`;
        const run = name.replace(' ', '/');
        if (message.trigger === 'ask-again') {
          const again = await requestedAskAgain(parts, message, settings.since);
          if (again === undefined) return;
          const { askAgain } = await import('../run/ask-again.js');
          const { status } = await askAgain(parts, again.work);
          logEvent(context, 'asked-again', `${name} asked again: ${status}.`, { run, status });
          // A source that is down is left alone until the next wake-up.
          if (again.next && status !== 'left') {
            context.extraOutputs.set(runs, messageFor(again.next, parts.now()));
          }
          return;
        }
        const requested = await requestedRun(parts, message, settings.since);
        if (requested === undefined) {
          const why = 'it is accounted for, not due, or not defined';
          logEvent(context, 'run-not-needed', `${name} is not to be made: ${why}.`, { run });
          return;
        }
        logEvent(context, 'run-started', `${name} begins.`, { run, trigger: message.trigger });
        const { runReport } = await import('../run/run-report.js');
        const { definition, period } = requested.run;
        const { trigger } = message;
        const result = await inSpan('run', { run, trigger }, () =>
          runReport(parts, definition, period, trigger),
        );
        if (result.status === 'already-sealed') return;
        const { sequence } = result.entry;
        const { outcome } = result.report;
        logEvent(context, 'run-sealed', `${name} is sealed as entry ${sequence}: ${outcome}.`, {
          ...{ run, sequence, outcome },
          seconds: (Date.parse(parts.now()) - Date.parse(result.report.startedAt)) / 1000,
        });
        if (requested.next) context.extraOutputs.set(runs, messageFor(requested.next, parts.now()));
        if (result.report.madeUp) return;
        // Trouble here must not undo the run; `plan` tells of it within the hour.
        await orGoOn(context, async () => {
          const { tellStream } = await import('../run/tell.js');
          await tellStream(parts, definition);
          await inSpan('deliver', {}, async () => parts.mail?.outbox.drain());
        });
      }),
    ),
});
