import { buffer } from 'node:stream/consumers';
import { spooled } from '../../src/core/spool';
import { fileResponse } from '../../src/web/response';

it.each([
  ['a small file at once', 10, true],
  ['a large file piece by piece', 200_000, false],
])('sends %s', async (_what, lines, whole) => {
  const text = 'A line of a file.\n'.repeat(lines);
  const { headers, body } = fileResponse('file.txt', spooled([text]), false);
  expect(headers['content-length']).toBe(String(text.length));
  expect(body instanceof Uint8Array).toBe(whole);
  const sent = body instanceof Uint8Array ? body : await buffer(body as AsyncIterable<Uint8Array>);
  expect(Buffer.from(sent).toString() === text).toBe(true);
});
