import { app, output } from '@azure/functions';
import { appParts } from './shared/app-parts';
import { QUEUE_CONNECTION, RUN_QUEUE } from './shared/queues';
import type { RunMessage } from './shared/run-message';
import { orGoOn, orThrow } from './shared/trouble';

const runs = output.storageQueue({ queueName: RUN_QUEUE, connection: QUEUE_CONNECTION });

/**
 * Every hour: queues the oldest run that each stream misses, and mails what no mail has told of. A run
 * queues the next one of its stream when it is sealed, so that a stream's periods are made in order and
 * each is compared with the one before. Trouble with one stream does not stop the others.
 */
app.timer('plan', {
  schedule: '0 5 * * * *',
  extraOutputs: [runs],
  handler: (_timer, context) =>
    orThrow(context, async () => {
      const { settings, parts } = await appParts();
      const { messageFor } = await import('./shared/run-message.js');
      const { planStream } = await import('../run/run-due.js');
      const { streamsOf } = await import('../run/streams.js');
      const { tellStream } = await import('../run/tell.js');
      const messages: RunMessage[] = [];
      for (const definition of streamsOf(parts.catalog)) {
        await orGoOn(context, async () => {
          const [oldest] = await planStream(parts, definition, parts.now(), settings.since);
          if (oldest !== undefined) messages.push(messageFor(oldest, parts.now()));
          await tellStream(parts, definition);
        });
      }
      if (messages.length > 0) context.extraOutputs.set(runs, messages);
      const mail = await orGoOn(context, () => parts.mail?.outbox.drain());
      context.log(
        `Queued ${messages.length} runs; mails: ${mail?.accepted.length ?? 0} accepted, ` +
          `${mail?.failed.length ?? 0} failed, ${mail?.waiting.length ?? 0} waiting.`,
      );
    }),
});
