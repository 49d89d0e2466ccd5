import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { QueueClient } from '@azure/storage-queue';
import { QueueServiceClient } from '@azure/storage-queue';
import type { FunctionsHost, QueueOutput } from '../../support/functions-host';

interface QueueSettings {
  readonly maxDequeueCount: number;
  readonly messageEncoding: string;
}

const { maxDequeueCount, messageEncoding } = (
  JSON.parse(readFileSync(join(__dirname, '../../../host.json'), 'utf8')) as {
    extensions: { queues: QueueSettings };
  }
).extensions.queues;

/** The host's queue listeners, on real queues, by the rules of host.json but without its waiting. */
export class HostQueues {
  readonly #service: QueueServiceClient;

  constructor(
    connectionString: string,
    private readonly host: FunctionsHost,
  ) {
    if (messageEncoding !== 'none') throw new Error(`not written for ${messageEncoding}`);
    this.#service = QueueServiceClient.fromConnectionString(connectionString);
  }

  /** Writes what a function put out. */
  async write(outputs: readonly QueueOutput[]): Promise<void> {
    for (const { queueName, text } of outputs)
      await (await this.#queue(queueName)).sendMessage(text);
  }

  /** The texts of a queue's messages, without taking them. */
  async waiting(queueName: string): Promise<string[]> {
    const { peekedMessageItems } = await (
      await this.#queue(queueName)
    ).peekMessages({ numberOfMessages: 32 });
    return peekedMessageItems.map(({ messageText }) => messageText);
  }

  /**
   * Delivers a queue's messages one by one until none is left, with those that the function puts out
   * meanwhile. One that fails is shown again; after its last attempt it goes to the poison queue. Gives the
   * number of deliveries.
   */
  async deliverAll(queueName: string, functionName: string): Promise<number> {
    const queue = await this.#queue(queueName);
    for (let deliveries = 0; ; deliveries++) {
      const { receivedMessageItems } = await queue.receiveMessages({ numberOfMessages: 1 });
      const [message] = receivedMessageItems;
      if (message === undefined) return deliveries;
      const { messageId, popReceipt, messageText, dequeueCount } = message;
      try {
        await this.write(await this.host.deliver(functionName, messageText));
        await queue.deleteMessage(messageId, popReceipt);
      } catch {
        if (dequeueCount < maxDequeueCount) {
          await queue.updateMessage(messageId, popReceipt, messageText, 0);
          continue;
        }
        await this.write([{ queueName: `${queueName}-poison`, text: messageText }]);
        await queue.deleteMessage(messageId, popReceipt);
      }
    }
  }

  async #queue(name: string): Promise<QueueClient> {
    const queue = this.#service.getQueueClient(name);
    await queue.createIfNotExists();
    return queue;
  }
}
