// A worker of the function app: fires the timer, then takes messages from the real queue and hands them to the genuine
// functions until nothing is left and nothing is due. It may be killed at any moment.
import Module, { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { QueueServiceClient } from '@azure/storage-queue';

const RUNS = 'tallyman-runs';
const ATTEMPTS = 5;
/** A message whose worker was killed is shown again after so long. */
const HIDDEN_S = 60;

const registered = new Map();
let model;
const core = {
  setProgrammingModel: (value) => (model = value),
  registerFunction: (metadata, handler) => registered.set(metadata.name, { metadata, handler }),
  log: () => undefined,
};
const load = Module._load;
Module._load = (name, ...rest) => (name === '@azure/functions-core' ? core : load(name, ...rest));
const require = createRequire(import.meta.url);
for (const name of ['plan', 'run', 'run-poison']) require(`../../dist/functions/${name}.js`);

const queues = QueueServiceClient.fromConnectionString(process.env.FANOUT_QUEUES);
const queue = queues.getQueueClient(RUNS);

let idle = 0;
await plan();
while (idle < 3) {
  if (await drained()) {
    // Something may be hidden that a killed worker took.
    const { approximateMessagesCount = 0 } = await queue.getProperties();
    idle = approximateMessagesCount > 0 ? 0 : idle + 1;
    await sleep(1000);
    if (approximateMessagesCount === 0) await plan();
  }
}
process.exit(0);

async function plan() {
  const timer = { IsPastDue: false, Schedule: {}, ScheduleStatus: {} };
  await put(await invoke('plan', { json: JSON.stringify(timer) }));
}

async function drained() {
  for (let taken = 0; ; taken++) {
    const { receivedMessageItems } = await queue.receiveMessages({
      numberOfMessages: 1,
      visibilityTimeout: HIDDEN_S,
    });
    const [message] = receivedMessageItems;
    if (message === undefined) return taken === 0;
    idle = 0;
    try {
      await put(await invoke('run', { string: message.messageText }));
    } catch (error) {
      console.error(String(error));
      if (message.dequeueCount < ATTEMPTS) continue;
      await queues.getQueueClient(`${RUNS}-poison`).sendMessage(message.messageText);
    }
    await queue.deleteMessage(message.messageId, message.popReceipt).catch(() => undefined);
  }
}

async function put(messages) {
  for (const message of messages) await queue.sendMessage(JSON.stringify(message));
}

async function invoke(name, data) {
  const { metadata, handler } = registered.get(name);
  const [trigger] = Object.values(metadata.bindings);
  const invocation = model.getInvocationModel({
    invocationId: name,
    metadata,
    request: { triggerMetadata: {}, inputData: [{ name: trigger.name, data }] },
    log: (level, _category, text) => level === 'error' && console.error(text),
  });
  const { context, inputs } = await invocation.getArguments();
  const result = await invocation.invokeFunction(context, inputs, handler);
  const { outputData } = await invocation.getResponse(context, result);
  return outputData.flatMap(({ data: { json } }) => (json === undefined ? [] : JSON.parse(json)));
}
