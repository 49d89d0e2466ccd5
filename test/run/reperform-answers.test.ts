import type { Answer } from '../../src/core/logs';
import { piecesOf } from '../../src/core/pieces';
import type { Cell, KustoType } from '../../src/core/table';
import { compareAnswers } from '../../src/run/reperform-answers';
import { tableOf } from '../support/reports';

function answer(type: KustoType, ...cells: Cell[]): Answer {
  const table = tableOf(
    [`X:${type}`],
    cells.map((cell) => [cell]),
  );
  const body = piecesOf('');
  return { status: 'complete', table, body, executedAt: '2026-03-12T00:00:00.000Z', durationMs: 1 };
}

it.each<[string, string, Answer, Answer]>([
  ['the last digits of a real', 'T', answer('real', 0.1 + 0.2), answer('real', 0.3)],
  ['the order of rows', 'T', answer('string', 'a', 'b'), answer('string', 'b', 'a')],
  [
    'the order in a list that has none',
    'T | summarize X = make_set(Y)',
    answer('dynamic', '["a","b"]'),
    answer('dynamic', '["b","a"]'),
  ],
  [
    'the order of keys',
    'T',
    answer('dynamic', '{"a":1,"b":2}'),
    answer('dynamic', '{"b":2,"a":1}'),
  ],
])('%s is no difference', (_, kql, sealed, now) => {
  expect(compareAnswers(kql, sealed, now)).toMatchObject({ status: 'same' });
});

it('tells the rows that only one answer has', () => {
  const [sealed, now] = [answer('string', 'a', 'a', 'b'), answer('string', 'a', 'b', 'c')];
  expect(compareAnswers('T', sealed, now)).toEqual({
    ...{ status: 'different', rows: 3 },
    ...{ added: [['c']], missing: [['a']] },
  });
});

it('concludes nothing from another estimate, and something from other columns', () => {
  const kql = 'T | summarize X = dcount(Y)';
  const [sealed, now] = [answer('long', 41), answer('long', 42)];
  expect(compareAnswers(kql, sealed, now)).toMatchObject({ status: 'could-not-tell' });
  expect(compareAnswers(kql, sealed, answer('int', 41))).toMatchObject({ columns: true });
  const estimate = { ...now, approximate: true };
  expect(compareAnswers('T', sealed, estimate)).toMatchObject({ status: 'could-not-tell' });
});
