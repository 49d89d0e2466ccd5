import dns from 'node:dns';
import { createServer, request as forward } from 'node:http';
import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo, LookupFunction } from 'node:net';

/** What can happen to one HTTP request. */
export const FAULTS = [
  '429',
  '429 with Retry-After',
  '500',
  '503',
  '504',
  'reset',
  'lost response',
  'hang',
  'half a body',
  'garbage body',
  'no such host',
] as const;

export type Fault = (typeof FAULTS)[number];

export interface FaultProxy {
  /** `http://<name>.faults.test:<port>` */
  readonly url: string;
  /** What happens to the next request; asked once for each. */
  faultOf: () => Fault | undefined;
  stop(): Promise<void>;
}

type FaultOnWire = Exclude<Fault, 'no such host'>;

/** Called for each request, which asks for the host’s address anew. */
const asked = new Map<string, () => 'found' | 'no such host'>();
const DOMAIN = 'faults.test';

/** Stands between a client and a service, and sends some requests astray. Names are each for one proxy. */
export async function startFaultProxy(service: string, name = 'service'): Promise<FaultProxy> {
  const proxy = { faultOf: (): Fault | undefined => undefined };
  const decided: (FaultOnWire | undefined)[] = [];
  const host = `${name}.${DOMAIN}`;
  asked.set(host, () => {
    const fault = proxy.faultOf();
    if (fault === 'no such host') return fault;
    decided.push(fault);
    return 'found';
  });
  const server = createServer((request, response) => {
    // The next request looks the host up again.
    response.shouldKeepAlive = false;
    const fault = decided.shift();
    if (fault === undefined || fault === 'lost response' || fault === 'half a body') {
      passOn(service, fault, request, response);
    } else {
      request.resume();
      misbehave(fault, request, response);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  resolveNames();
  return Object.assign(proxy, {
    url: `http://${host}:${String((server.address() as AddressInfo).port)}`,
    stop: () =>
      new Promise<void>((resolve) => {
        asked.delete(host);
        server.closeAllConnections();
        server.close(() => {
          resolve();
        });
      }),
  });
}

const resolve = dns.lookup as LookupFunction;

/** Gives the proxies’ names an address on this machine, or none. */
function resolveNames(): void {
  const lookup: LookupFunction = (hostname, options, callback) => {
    const answer = asked.get(hostname)?.();
    if (answer === undefined) resolve(hostname, options, callback);
    else if (answer === 'no such host') {
      const error = new Error(`getaddrinfo ENOTFOUND ${hostname}`);
      const known = { code: 'ENOTFOUND', errno: -3008, syscall: 'getaddrinfo', hostname };
      setImmediate(callback, Object.assign(error, known), '', 0);
    } else if (options.all === true) {
      setImmediate(callback, null, [{ address: '127.0.0.1', family: 4 }]);
    } else setImmediate(callback, null, '127.0.0.1', 4);
  };
  dns.lookup = lookup as typeof dns.lookup;
}

function passOn(
  service: string,
  fault: 'lost response' | 'half a body' | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const { hostname, port } = new URL(service);
  const { method, url, headers } = request;
  const onward: ClientRequest = forward(
    { hostname, port, method, path: url, headers },
    (answer) => {
      if (fault === 'lost response') {
        answer.resume().once('end', () => request.socket.resetAndDestroy());
        return;
      }
      response.writeHead(answer.statusCode ?? 0, { ...answer.headers, connection: 'close' });
      if (fault === undefined) answer.pipe(response);
      else {
        answer.once('data', (chunk: Buffer) => response.write(chunk.subarray(0, chunk.length / 2)));
        answer.resume().once('end', () => setTimeout(() => request.socket.destroy(), 10));
      }
    },
  );
  onward.once('error', () => request.socket.destroy());
  request.pipe(onward);
}

function misbehave(
  fault: Exclude<FaultOnWire, 'lost response' | 'half a body'>,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  switch (fault) {
    case 'hang':
      return;
    case 'reset':
      request.socket.resetAndDestroy();
      return;
    case 'garbage body':
      response.writeHead(200, { 'Content-Type': 'application/xml' });
      response.end('<html>\u0000 Welcome to the hotel’s network {"tables": [');
      return;
    default: {
      const wait = fault === '429 with Retry-After' ? { 'Retry-After': '1' } : {};
      response.writeHead(Number(fault.slice(0, 3)), wait).end('{"error":{"code":"Injected"}}');
    }
  }
}
