import { app } from '@azure/functions';
import { captureBatch } from './shared/capture-batch';
import { orThrow } from './shared/trouble';

/**
 * Appends what Azure Monitor sends to an event hub to the log archive; the host gives a batch again when this throws.
 * The names are settings of the host's, and AzureWebJobs.capture.Disabled keeps it off where there is no event hub.
 */
app.eventHub('capture', {
  eventHubName: '%CAPTURE_EVENT_HUB%',
  connection: 'CaptureEventHubs',
  consumerGroup: '%CAPTURE_CONSUMER_GROUP%',
  cardinality: 'many',
  handler: (events: unknown, context) =>
    orThrow(context, () => captureBatch(Array.isArray(events) ? events : [events], context)),
});
