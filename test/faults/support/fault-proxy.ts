import { createServer, request as forward } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

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
] as const;

export type Fault = (typeof FAULTS)[number];

export interface FaultProxy {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** What happens to the next request; asked once for each. */
  faultOf: () => Fault | undefined;
  stop(): Promise<void>;
}

/** Stands between a client and a service, and sends some requests astray. */
export async function startFaultProxy(service: string): Promise<FaultProxy> {
  const proxy = { faultOf: (): Fault | undefined => undefined };
  const { hostname, port } = new URL(service);
  const server = createServer((request, response) => {
    const fault = proxy.faultOf();
    if (fault !== undefined && fault !== 'lost response' && fault !== 'half a body') {
      request.resume();
      misbehave(fault, request, response);
      return;
    }
    const { method, url, headers } = request;
    const onward = forward({ hostname, port, method, path: url, headers }, (answer) => {
      if (fault === 'lost response') {
        answer.resume().once('end', () => request.socket.resetAndDestroy());
        return;
      }
      response.writeHead(answer.statusCode ?? 0, answer.headers);
      if (fault === undefined) answer.pipe(response);
      else {
        answer.once('data', (chunk: Buffer) => response.write(chunk.subarray(0, chunk.length / 2)));
        answer.resume().once('end', () => setTimeout(() => request.socket.destroy(), 10));
      }
    });
    onward.once('error', () => request.socket.destroy());
    request.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(proxy, {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    stop: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => {
          resolve();
        });
      }),
  });
}

function misbehave(
  fault: Exclude<Fault, 'lost response' | 'half a body'>,
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
