import { app, output } from '@azure/functions';
import { appParts } from './shared/app-parts';
import { logEvent } from './shared/log-event';
import { QUEUE_CONNECTION, RUN_QUEUE } from './shared/queues';
import { traced } from './shared/traced';
import { orGoOn, orThrow } from './shared/trouble';
import { inSpan } from '../core/spans';
import type { Work } from '../run/stream-work';

const runs = output.storageQueue({ queueName: RUN_QUEUE, connection: QUEUE_CONNECTION });

/** Most of planning is waiting for storage. */
const STREAMS_AT_ONCE = 16;

/**
 * Every hour: queues the oldest run that each stream misses, or else the oldest closed period that it is to
 * ask again, has what is sealed witnessed, and mails what no mail has told of. A run queues the next one of
 * its stream when it is sealed, so that a stream's periods are made in order and each is compared with the
 * one before. Trouble with one stream does not stop the others. A stream for which nothing can be due yet is left alone.
 */
app.timer('plan', {
  schedule: '0 5 * * * *',
  extraOutputs: [runs],
  handler: (_timer, context) =>
    orThrow(context, () =>
      traced(context, 'wake-up', {}, async () => {
        const { settings, parts } = await appParts();
        const { inOrder, messageFor } = await import('./shared/run-message.js');
        const { firstOf, workOf } = await import('../run/stream-work.js');
        const { mapInParallel } = await import('../core/in-parallel.js');
        const { witnessStream } = await import('../run/witness.js');
        const { streamsOf } = await import('../run/streams.js');
        const { tellStream } = await import('../run/tell.js');
        const { abandonedStreams } = await import('../run/begun-streams.js');
        const { loginCanaries } = await import('../run/canaries.js');
        await orGoOn(context, () => loginCanaries(parts));
        const { IdleStreams } = await import('../run/idle.js');
        const idle = await IdleStreams.read(parts);
        const works: Work[] = [];
        let authorityAnswers = true;
        await mapInParallel(streamsOf(parts.catalog), STREAMS_AT_ONCE, (definition) =>
          orGoOn(context, async () => {
            const look = await idle.look(definition);
            if (look === undefined) return;
            const work = await firstOf(await workOf(parts, definition, settings.since));
            if (work !== undefined) works.push(work);
            // One that did not answer once would cost each stream its time limit.
            if (authorityAnswers) {
              const answers = await witnessStream(parts, definition.stream);
              authorityAnswers &&= answers;
            }
            await tellStream(parts, definition);
            if (work === undefined && authorityAnswers) await idle.remember(look);
          }),
        );
        await orGoOn(context, async () => {
          for (const stream of await abandonedStreams(parts)) {
            logEvent(context, 'abandoned', `${stream} was begun, and no report makes it any more.`);
          }
        });
        const messages = inOrder(works).map((work) => messageFor(work, parts.now()));
        if (messages.length > 0) context.extraOutputs.set(runs, messages);
        const mail = await orGoOn(context, () =>
          inSpan('deliver', {}, async () => parts.mail?.outbox.drain()),
        );
        logEvent(
          context,
          'planned',
          `Queued work of ${messages.length} streams; mails: ${mail?.accepted.length ?? 0} accepted, ` +
            `${mail?.failed.length ?? 0} failed, ${mail?.waiting.length ?? 0} waiting.`,
          { queued: messages.length },
        );
      }),
    ),
});
