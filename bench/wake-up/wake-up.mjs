// Fires the timer of the genuine functions, as often as the argument says, in a process that has never planned before.
// Sends for each time the milliseconds, those of processor time, and the messages queued.
import Module, { createRequire } from 'node:module';

const [times = 1] = process.argv.slice(2).map(Number);
const registered = new Map();
let model;
const core = {
  setProgrammingModel: (value) => (model = value),
  registerFunction: (metadata, handler) => registered.set(metadata.name, { metadata, handler }),
  log: () => undefined,
};
const load = Module._load;
Module._load = (name, ...rest) => (name === '@azure/functions-core' ? core : load(name, ...rest));
createRequire(import.meta.url)('../../dist/functions/plan.js');
for (let i = 0; i < times; i++) {
  const [started, cpu] = [performance.now(), process.cpuUsage()];
  const messages = await plan();
  const { user, system } = process.cpuUsage(cpu);
  const milliseconds = performance.now() - started;
  process.send({ milliseconds, cpuMilliseconds: (user + system) / 1000, messages });
}
process.exit(0);

async function plan() {
  const { metadata, handler } = registered.get('plan');
  const [trigger] = Object.values(metadata.bindings);
  const data = { json: JSON.stringify({ IsPastDue: false, Schedule: {}, ScheduleStatus: {} }) };
  const invocation = model.getInvocationModel({
    invocationId: 'plan',
    metadata,
    request: { triggerMetadata: {}, inputData: [{ name: trigger.name, data }] },
    log: (level, _category, text) => level === 'error' && console.error(text),
  });
  const { context, inputs } = await invocation.getArguments();
  const result = await invocation.invokeFunction(context, inputs, handler);
  const { outputData } = await invocation.getResponse(context, result);
  return outputData.flatMap(({ data: { json } }) => (json === undefined ? [] : JSON.parse(json)));
}
