import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFolderStore } from '../../src/archive/folder-store';
import { sha256 } from '../../src/core/digest';
import type { Answer } from '../../src/core/logs';
import { joined, piecesOf, textOf } from '../../src/core/pieces';
import { spooled } from '../../src/core/spool';
import { readWireAnswer } from '../../src/kql/wire-answer';
import { SplicedAnswer } from '../../src/logs/spliced-answer';
import { decodeEvidence, encodeEvidence, executionOf } from '../../src/run/evidence';

const SLICES = 4;
const ROWS_PER_SLICE = 50_000;
const ROWS = SLICES * ROWS_PER_SLICE;

const hour = (n: number): string => `2026-03-02T0${n}:00:00.000Z`;
const question = {
  id: 'everything',
  kql: 'E | order by n desc',
  window: { start: hour(0), end: hour(SLICES) },
};
const rowText = (n: number): string => `[${n},"${'x'.repeat(n % 60)}, 한국어"]`;

/** The answer to a part of the question, as the service sends it. */
function sliceOf(first: number): ReturnType<typeof spooled> {
  return spooled(
    (function* () {
      yield '{"tables":[{"name":"P","columns":[{"name":"n","type":"long"},{"name":"s","type":"string"}],"rows":[ ';
      for (let n = first; n < first + ROWS_PER_SLICE; n += 1) {
        yield `${n === first ? '' : ',\n'}${rowText(n)}`;
      }
      yield ' ]}]}';
    })(),
  );
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tallyman-evidence-'));
});
afterAll(() => rm(folder, { recursive: true }));

it('holds an answer of 200,000 rows that came in slices, every row and every digest', async () => {
  const splice = new SplicedAnswer();
  const slices = Array.from({ length: SLICES }, (_, i) => sliceOf(i * ROWS_PER_SLICE));
  slices.forEach((body, i) => {
    splice.add({ start: hour(i), end: hour(i + 1) }, body, readWireAnswer(body).table);
  });
  const body = splice.body('ascending');
  const when = { executedAt: hour(9), durationMs: 5 };
  const answer: Answer = { status: 'complete', table: readWireAnswer(body).table, body, ...when };

  const archive = createFolderStore(folder);
  await archive.create('evidence.json', encodeEvidence(question, answer));
  const stored = await archive.open('evidence.json');
  const read = decodeEvidence(stored ?? piecesOf(''));

  if (read.status !== 'complete') throw new Error(read.status);
  expect(read.table.rows).toHaveLength(ROWS);
  let next = 0;
  for (const row of read.table.rows) {
    if (row[0] !== next || row[1] !== JSON.parse(rowText(next))[1]) throw new Error(`row ${next}`);
    next += 1;
  }
  expect(next).toBe(ROWS);
  expect(executionOf(question, read)).toMatchObject({
    rowCount: ROWS,
    answerSha256: sha256(body),
  });
  const text = textOf(read.body);
  const { slices: said } = JSON.parse(text) as { slices: { rows: number; sha256: string }[] };
  expect(said.map(({ sha256: digest }) => digest)).toEqual(slices.map((slice) => sha256(slice)));
  expect(JSON.parse(textOf(joined([stored!])))).toMatchObject({ execution: { id: 'everything' } });
});
