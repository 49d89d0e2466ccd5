/** The queue from `plan` to `run`. */
export const RUN_QUEUE = 'tallyman-runs';

/** Where the host puts a message after its last attempt; the name follows the host's rule. */
export const POISON_QUEUE = `${RUN_QUEUE}-poison`;

/** The setting (or the prefix of settings) that names the queues' storage account. */
export const QUEUE_CONNECTION = 'AzureWebJobsStorage';

/** Equal to `maxDequeueCount` in host.json. */
export const MOST_ATTEMPTS = 5;
