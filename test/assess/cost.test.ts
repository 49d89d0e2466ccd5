import { costOf } from '../../src/assess/cost';
import type { Answer } from '../../src/core/logs';
import { piecesOf } from '../../src/core/pieces';

const when = { executedAt: '2026-03-01T00:00:00.000Z', durationMs: 1500 };
const table = { columns: [], rows: [[], []] };

it('adds up what the source says, and counts itself where it says nothing', () => {
  const answers: Answer[] = [
    { status: 'complete', table, body: piecesOf('{"é":1}'), ...when },
    {
      status: 'partial',
      reason: 'Cut.',
      table,
      body: piecesOf('{}'),
      ...when,
      cost: { requests: 3, rows: 70, bytes: 900, cpuMs: 250 },
    },
    { status: 'failed', code: 'timeout', reason: 'Too long.', ...when },
  ];
  expect(costOf(answers, 4)).toEqual({
    ...{ questions: 3, requests: 5, rows: 72, bytes: 908, milliseconds: 4500 },
    ...{ cpuMilliseconds: 250, platformRequests: 4 },
  });
});
