// Runs a bundled app as the worker of Azure Functions would, in a process of its own: registers, fires the
// timer, delivers what it queues once, and prints what came of it. Arguments: the app's main file; "load" to
// stop when the functions are registered.
import Module from 'node:module';
import { pathToFileURL } from 'node:url';

const [main, until] = process.argv.slice(2);
const registered = new Map();
const log = [];
let model;
const core = {
  setProgrammingModel: (value) => (model = value),
  registerFunction: (metadata, handler) => registered.set(metadata.name, { metadata, handler }),
  log: (level, _category, text) => log.push(`${level} ${text}`),
};
const load = Module._load;
Module._load = (name, ...rest) => (name === '@azure/functions-core' ? core : load(name, ...rest));

await import(pathToFileURL(main).href);
if (until !== 'load') {
  const timer = { IsPastDue: false, Schedule: {}, ScheduleStatus: {} };
  const [message] = await fired('plan', { json: JSON.stringify(timer) });
  if (message !== undefined) await fired('run', { string: JSON.stringify(message) });
}
process.stdout.write(JSON.stringify({ functions: [...registered.keys()].sort(), log }));
process.exit(0);

/** As invoke; what it throws is logged, and the host would try again. */
async function fired(name, data) {
  try {
    return await invoke(name, data);
  } catch (error) {
    log.push(`failed ${error.message}`);
    return [];
  }
}

/** Calls a function with its trigger's data; gives the messages that it puts into its queue. */
async function invoke(name, data) {
  const { metadata, handler } = registered.get(name);
  const [trigger] = Object.values(metadata.bindings);
  const invocation = model.getInvocationModel({
    invocationId: name,
    metadata,
    request: { triggerMetadata: {}, inputData: [{ name: trigger.name, data }] },
    log: core.log.bind(undefined),
  });
  const { context, inputs } = await invocation.getArguments();
  const result = await invocation.invokeFunction(context, inputs, handler);
  const { outputData } = await invocation.getResponse(context, result);
  return outputData.flatMap(({ data: { json } }) => (json === undefined ? [] : JSON.parse(json)));
}
