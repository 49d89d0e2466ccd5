// Passes HTTP requests on to a port of this machine and counts them.
import { Agent, createServer, request } from 'node:http';

export function countingProxy(target) {
  let requests = 0;
  const agent = new Agent({ keepAlive: true });
  const server = createServer((incoming, outgoing) => {
    requests += 1;
    const { method, url, headers } = incoming;
    const onward = request({ agent, host: '127.0.0.1', port: target, method, path: url, headers });
    onward.on('response', (answer) => {
      outgoing.writeHead(answer.statusCode, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    incoming.on('error', () => onward.destroy());
    incoming.pipe(onward);
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      resolve({
        port: server.address().port,
        requests: () => requests,
        stop: () => {
          agent.destroy();
          server.closeAllConnections();
          server.close();
        },
      });
    });
  });
}
