import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import type { SpanAttributes, SpanRecorder } from '../../core/spans';

export interface OtlpOptions {
  /** Of a collector, as OpenTelemetry's OTEL_EXPORTER_OTLP_ENDPOINT: `http://localhost:4318`. */
  readonly endpoint: string;
  readonly version: string;
}

/** OpenTelemetry’s numbers. */
const INTERNAL_SPAN = 1;
const STATUS_ERROR = 2;

/** A collector that takes longer is not waited for. */
const TIMEOUT_MS = 5_000;

/** What is not sent yet; when a collector is down for long the oldest are forgotten. */
const MOST_WAITING = 2_000;

interface Place {
  readonly traceId: string;
  readonly spanId: string;
}

/**
 * Spans in OpenTelemetry’s protocol, as JSON over HTTP (https://opentelemetry.io/docs/specs/otlp/). Its SDK would take
 * longer to load than everything else together.
 */
export class OtlpTraces implements SpanRecorder {
  private readonly places = new AsyncLocalStorage<Place>();
  private waiting: object[] = [];

  constructor(private readonly options: OtlpOptions) {}

  async span<T>(name: string, attributes: SpanAttributes, work: () => Promise<T>): Promise<T> {
    const parent = this.places.getStore();
    const place = {
      traceId: parent?.traceId ?? randomBytes(16).toString('hex'),
      spanId: randomBytes(8).toString('hex'),
    };
    const started = nanoseconds();
    const end = (status: object): void => {
      this.waiting.push({
        ...place,
        ...(parent === undefined ? {} : { parentSpanId: parent.spanId }),
        ...{ name, kind: INTERNAL_SPAN, attributes: attributesOf(attributes), status },
        ...{ startTimeUnixNano: started, endTimeUnixNano: nanoseconds() },
      });
      this.waiting = this.waiting.slice(-MOST_WAITING);
    };
    try {
      const result = await this.places.run(place, work);
      end({});
      return result;
    } catch (error) {
      // The message may hold a name or an address; the log has it.
      end({ code: STATUS_ERROR, message: error instanceof Error ? error.name : 'unknown' });
      throw error;
    }
  }

  /** Work that another program asked for: `traceParent` is its W3C header, which spans then belong below. */
  below<T>(traceParent: string | null | undefined, work: () => Promise<T>): Promise<T> {
    const found = /^00-([0-9a-f]{32})-([0-9a-f]{16})-/.exec(traceParent ?? '');
    const [, traceId = '', spanId = ''] = found ?? [];
    return found === null ? work() : this.places.run({ traceId, spanId }, work);
  }

  /** Sends what is finished. What a collector does not take is sent with the next; nothing is ever thrown. */
  async flush(): Promise<void> {
    const spans = this.waiting;
    if (spans.length === 0) return;
    this.waiting = [];
    try {
      const response = await fetch(`${this.options.endpoint.replace(/\/+$/, '')}/v1/traces`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(this.requestOf(spans)),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      await response.body?.cancel();
      // It will not take them another time either.
      if (response.ok || response.status === 400) return;
    } catch {
      // Telemetry is not worth a failed run.
    }
    this.waiting = [...spans, ...this.waiting].slice(-MOST_WAITING);
  }

  private requestOf(spans: readonly object[]): object {
    const { version } = this.options;
    const resource = { 'service.name': 'tallyman', 'service.version': version };
    const scope = { name: 'tallyman', version };
    return {
      resourceSpans: [
        {
          resource: { attributes: attributesOf(resource) },
          scopeSpans: [{ scope, spans }],
        },
      ],
    };
  }
}

function attributesOf(attributes: SpanAttributes): object[] {
  return Object.entries(attributes).map(([key, value]) => ({
    key,
    value: typeof value === 'string' ? { stringValue: value } : { doubleValue: value },
  }));
}

/** Since 1970, as text: JSON’s numbers have not as many digits. */
function nanoseconds(): string {
  const milliseconds = performance.timeOrigin + performance.now();
  return String(BigInt(Math.round(milliseconds * 1000)) * 1000n);
}
