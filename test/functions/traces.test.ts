import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { inSpan, recordSpans } from '../../src/core/spans';
import { OtlpTraces } from '../../src/functions/shared/otlp-traces';

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly { key: string; value: object }[];
  readonly status: { readonly code?: number; readonly message?: string };
}

/** What a collector takes: https://opentelemetry.io/docs/specs/otlp/#otlphttp-request. */
interface TraceRequest {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly object[] };
    readonly scopeSpans: readonly { readonly spans: readonly Span[] }[];
  }[];
}

let collector: Server;
let status: number;
let received: TraceRequest[];
let traces: OtlpTraces;

beforeEach(async () => {
  status = 200;
  received = [];
  collector = createServer((request, response) => {
    void text(request).then((body) => {
      const isRight =
        request.url === '/v1/traces' && request.headers['content-type'] === 'application/json';
      if (isRight && status === 200) received.push(JSON.parse(body) as TraceRequest);
      response.writeHead(isRight ? status : 404).end('{}');
    });
  });
  await new Promise<void>((resolve) => {
    collector.listen(0, '127.0.0.1', resolve);
  });
  const { port } = collector.address() as AddressInfo;
  traces = new OtlpTraces({ endpoint: `http://127.0.0.1:${port}/`, version: '1.2.3' });
  recordSpans(traces);
});
afterEach(() => {
  recordSpans(undefined);
  collector.close();
  collector.closeAllConnections();
});

const spans = (): Span[] =>
  received.flatMap(({ resourceSpans }) =>
    resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)),
  );

it('sends what was done, one inside the other, below what the host was doing', async () => {
  const host = { trace: 'a'.repeat(32), span: 'b'.repeat(16) };
  await traces.below(`00-${host.trace}-${host.span}-01`, () =>
    inSpan('run', { run: 'daily.all/2026-03-02' }, async () => {
      await Promise.all([
        inSpan('ask', { question: 'one' }, () => Promise.resolve(1)),
        inSpan('ask', { question: 'two', rows: 2 }, () => Promise.resolve(2)),
      ]);
    }),
  );
  await traces.flush();
  const [one, two, run] = spans();
  expect(run).toMatchObject({ name: 'run', traceId: host.trace, parentSpanId: host.span });
  expect(run?.attributes).toEqual([{ key: 'run', value: { stringValue: 'daily.all/2026-03-02' } }]);
  for (const ask of [one, two]) {
    expect(ask).toMatchObject({ name: 'ask', traceId: host.trace, parentSpanId: run?.spanId });
    expect(ask?.spanId).toMatch(/^[0-9a-f]{16}$/);
    expect(BigInt(ask?.endTimeUnixNano ?? 0) >= BigInt(ask?.startTimeUnixNano ?? 0)).toBe(true);
  }
  expect(Math.abs(Number(run?.startTimeUnixNano) / 1e6 - Date.now())).toBeLessThan(60_000);
  expect(received[0]?.resourceSpans[0]?.resource.attributes).toContainEqual({
    key: 'service.version',
    value: { stringValue: '1.2.3' },
  });
});

it('tells that work failed, without the words of the error', async () => {
  const work = inSpan('seal', {}, () => Promise.reject(new RangeError('alice@contoso.example')));
  await expect(work).rejects.toThrow('alice');
  await traces.flush();
  expect(spans()).toMatchObject([{ name: 'seal', status: { code: 2, message: 'RangeError' } }]);
  expect(JSON.stringify(received)).not.toContain('alice');
});

it('keeps what a collector does not take for the next time, and never fails', async () => {
  status = 503;
  await inSpan('one', {}, () => Promise.resolve());
  await traces.flush();
  expect(spans()).toEqual([]);
  status = 200;
  await inSpan('two', {}, () => Promise.resolve());
  await traces.flush();
  expect(spans().map(({ name }) => name)).toEqual(['one', 'two']);
  await traces.flush();
  expect(received).toHaveLength(1);
});

it('records nothing when nobody asks for it', async () => {
  recordSpans(undefined);
  expect(await inSpan('run', {}, () => Promise.resolve(7))).toBe(7);
  await traces.flush();
  expect(received).toEqual([]);
});
