import { connect } from 'node:net';
import { createFolderStore } from '../../src/archive/folder-store';
import { startServer } from '../../src/web/serve';
import { startSite } from './support/site';

const parts = {
  archive: createFolderStore('/nowhere/at/all'),
  basePath: '',
  now: () => '2026-03-09T00:00:00.000Z',
};

describe('the server', () => {
  it('says what to do when its port is taken', async () => {
    const onError = (): void => undefined;
    const first = await startServer({ host: '127.0.0.1', port: 0, onError }, parts);
    const port = Number(new URL(first.url).port);
    await expect(startServer({ host: '127.0.0.1', port, onError }, parts)).rejects.toMatchObject({
      code: 'ARGUMENT_INVALID',
      hint: expect.stringMatching(/another port/),
    });
    await first.stop();
  });

  it('goes on after a client that sends nonsense, and one that leaves during a download', async () => {
    const site = await startSite(['pass']);
    const { port } = new URL(site.url);
    const speak = (text: string): Promise<string> =>
      new Promise((resolve) => {
        const socket = connect(Number(port), '127.0.0.1');
        let answer = '';
        socket.on('data', (data) => (answer += data.toString('latin1')));
        socket.on('close', () => {
          resolve(answer);
        });
        socket.on('error', () => undefined);
        socket.write(text);
        if (text.startsWith('GET /packs')) socket.once('data', () => socket.destroy());
      });
    expect(await speak('\u0000\u0001 nonsense\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
    expect(
      await speak('GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n'),
    ).toMatch(/^HTTP\/1\.1 4\d\d /);
    await speak('GET /packs/daily.all.zip HTTP/1.1\r\nHost: localhost\r\n\r\n');
    expect((await site.get('/')).status).toBe(200);
    await site.stop();
  });
});
