import { randomUUID } from 'node:crypto';
import http from 'node:http';

/** What a function was registered with, for the host. */
export interface Binding {
  readonly name: string;
  readonly type: string;
  readonly direction: 'in' | 'out';
  readonly [option: string]: unknown;
}

/** A message for a queue, as the host would write it. */
export interface QueueOutput {
  readonly queueName: string;
  readonly text: string;
}

export interface LogLine {
  readonly level: string;
  readonly text: string;
}

interface TypedData {
  readonly string?: string;
  readonly json?: string;
}

interface InvocationModel {
  getArguments(): Promise<{ context: unknown; inputs: unknown[] }>;
  invokeFunction(context: unknown, inputs: unknown[], handler: unknown): Promise<unknown>;
  getResponse(
    context: unknown,
    result: unknown,
  ): Promise<{ outputData: { name: string; data: TypedData }[] }>;
}

interface ProgrammingModel {
  getCapabilities(capabilities: object): Promise<{ HttpUri?: string }>;
  getInvocationModel(invocation: object): InvocationModel;
}

interface Registered {
  readonly metadata: {
    readonly name: string;
    readonly bindings: Readonly<Record<string, Binding>>;
  };
  readonly handler: unknown;
}

/**
 * Stands in for the Node.js worker of Azure Functions, in this process: it provides the worker's built-in
 * module `@azure/functions-core`, with which the genuine `@azure/functions` registers and is invoked.
 */
export class FunctionsHost {
  readonly log: LogLine[] = [];
  readonly #registered = new Map<string, Registered>();
  #model: ProgrammingModel | undefined;
  #httpUri: string | undefined;
  #servers: http.Server[] = [];

  /** Loads entry points as the worker does, before it knows what is in them. */
  static async start(entryPoints: readonly string[]): Promise<FunctionsHost> {
    const host = new FunctionsHost();
    jest.doMock('@azure/functions-core', () => host.#core(), { virtual: true });
    for (const file of entryPoints) await import(file);
    // The proxy for HTTP streams is never closed by its library.
    const spy = jest.spyOn(http, 'createServer');
    host.#httpUri = (await host.#model?.getCapabilities({}))?.HttpUri;
    host.#servers = spy.mock.results.map(({ value }) => value as http.Server);
    spy.mockRestore();
    return host;
  }

  /** Every registered function with its bindings, by name. */
  get functions(): Record<string, readonly Binding[]> {
    return Object.fromEntries(
      [...this.#registered].map(([name, { metadata }]) => [name, Object.values(metadata.bindings)]),
    );
  }

  /** Fires a timer. Rejects when the function throws; gives what it puts into queues. */
  async fireTimer(name: string): Promise<QueueOutput[]> {
    const timer = { IsPastDue: false, Schedule: {}, ScheduleStatus: {} };
    return this.#invoke(name, randomUUID(), { json: JSON.stringify(timer) });
  }

  /** Hands a queue message's text to a function. Rejects when it throws. */
  async deliver(name: string, text: string): Promise<QueueOutput[]> {
    return this.#invoke(name, randomUUID(), { string: text });
  }

  /** One HTTP request, through the worker's proxy for streams. Rejects when the function throws. */
  async request(
    name: string,
    path: string,
    {
      method = 'GET',
      headers = {},
      body = null,
    }: { method?: string; headers?: Record<string, string>; body?: string | null } = {},
  ): Promise<Response> {
    const id = randomUUID();
    const forwarded = {
      'x-ms-invocation-id': id,
      'x-forwarded-host': 'tallyman.example',
      'x-forwarded-proto': 'https',
    };
    const response = fetch(`${this.#httpUri ?? ''}${path.slice(1)}`, {
      method,
      headers: forwarded,
      body,
      redirect: 'manual',
    });
    const metadata = { Headers: { json: JSON.stringify(headers) } };
    const invocation = this.#invoke(name, id, {}, metadata);
    // The response comes before the invocation ends; an invocation that fails sends none.
    return Promise.race([response, invocation.then(() => response)]);
  }

  async stop(): Promise<void> {
    for (const server of this.#servers) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }

  async #invoke(
    name: string,
    invocationId: string,
    data: TypedData,
    triggerMetadata: object = {},
  ): Promise<QueueOutput[]> {
    const { metadata, handler } = this.#registered.get(name) ?? {};
    const bindings = Object.values(metadata?.bindings ?? {});
    const model = this.#model?.getInvocationModel({
      invocationId,
      metadata,
      request: { triggerMetadata, inputData: [{ name: bindings[0]?.name, data }] },
      log: (level: string, _category: string, text: string) => this.log.push({ level, text }),
    });
    if (model === undefined) throw new Error(`${name} is not registered`);
    const { context, inputs } = await model.getArguments();
    const result = await model.invokeFunction(context, inputs, handler);
    const { outputData } = await model.getResponse(context, result);
    return outputData.flatMap((output) => {
      const queueName = metadata?.bindings[output.name]?.['queueName'] as string;
      return messagesOf(output.data).map((text) => ({ queueName, text }));
    });
  }

  #core(): object {
    return {
      setProgrammingModel: (model: ProgrammingModel): void => {
        this.#model = model;
      },
      registerFunction: (metadata: Registered['metadata'], handler: unknown): void => {
        this.#registered.set(metadata.name, { metadata, handler });
      },
      log: (level: string, _category: string, text: string) => this.log.push({ level, text }),
    };
  }
}

/** The host makes one message of each element of an array. */
function messagesOf({ string, json }: TypedData): string[] {
  if (json === undefined) return string === undefined ? [] : [string];
  const value: unknown = JSON.parse(json);
  const elements: unknown[] = Array.isArray(value) ? value : [value];
  return elements.map((element) =>
    typeof element === 'string' ? element : JSON.stringify(element),
  );
}
