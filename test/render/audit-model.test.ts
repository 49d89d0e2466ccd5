import { answerModels, outcomeRows } from '../../src/render/audit-model';
import { reportModel } from '../../src/render/report-model';
import { ENGLISH } from '../support/languages';
import { auditResult, periodOf, reportOf, sampleReport, tableOf } from '../support/reports';

it('lists what could not be told and what needs a reviewer before the rest', () => {
  const { audits } = sampleReport();
  const ids = (...outcomes: readonly string[]): string[] =>
    audits.filter(({ outcome }) => outcomes.includes(outcome)).map(({ id }) => id);
  const listed = outcomeRows(sampleReport(), ENGLISH).map(({ id }) => id);
  expect(listed).toEqual([...ids('error'), ...ids('fail'), ...ids('pass', 'info')]);
  expect(listed).not.toEqual(audits.map(({ id }) => id));
});

it('shows ten rows of a long answer for information, and more of one that needs a reviewer', () => {
  const period = periodOf('day', '2026-11-21');
  const rows = (count: number): ReturnType<typeof tableOf> =>
    tableOf(
      ['Name'],
      Array.from({ length: count }, (_, index) => [String(index)]),
    );
  const report = reportOf(
    [
      auditResult({ id: 'long', title: 'Long', expect: 'any', table: rows(26) }, period),
      auditResult({ id: 'short', title: 'Short', expect: 'any', table: rows(25) }, period),
      auditResult({ id: 'bad', title: 'Bad', table: rows(26) }, period),
      auditResult({ id: 'odd', title: 'Odd', table: rows(3), outcome: 'error' }, period),
    ],
    { period },
  );
  expect(answerModels(report, ENGLISH).map(({ table }) => table.count)).toEqual([10, 25, 25, 3]);
  const { answers, information } = reportModel(report, ENGLISH);
  // Why an audit found something says already what was expected.
  expect(answers.map(({ expectation }) => expectation !== '')).toEqual([false, false, false, true]);
  expect(information).toContain('none is a finding');
});

it('does not show an answer a second time that is drawn whole, and leads to its numbers', () => {
  const period = periodOf('day', '2026-11-21');
  const hour = (index: number): string =>
    new Date(Date.parse(period.start) + index * 3_600_000).toISOString();
  const rows = [0, 1, 5].map((index) => [hour(index), 7 + index, 9]);
  const chart = { kind: 'timeline', title: 'Pulls', along: 'Hour', values: ['Logged'] } as const;
  const audit = (id: string, columns: readonly string[]): ReturnType<typeof auditResult> =>
    auditResult(
      {
        id,
        title: id,
        expect: 'any',
        table: tableOf(
          columns,
          rows.map((row) => row.slice(0, columns.length)),
        ),
        charts: [chart],
      },
      period,
    );
  const whole = audit('whole', ['Hour:datetime', 'Logged:long']);
  const part = audit('part', ['Hour:datetime', 'Logged:long', 'Counted:long']);
  const model = reportModel(reportOf([whole, part], { period }), ENGLISH);
  expect(model.answers.map(({ id }) => id)).toEqual(['part']);
  expect(model.audits.map(({ link }) => link)).toEqual(['#numbers-whole-1', '#answer-part']);
  expect(model.drawnAnswers).toContain('“The numbers behind the charts”: whole.');
});

it('says that a refusal which container runtimes begin with is no failed login, where one is told', () => {
  const period = periodOf('day', '2026-11-21');
  const report = reportOf(
    [
      [
        ['Actor', 'FailedLogins:long', 'FirstTries:long'],
        ['cluster pull', 0, 7],
      ],
      [
        ['Identity', 'Result'],
        ['', '401'],
      ],
      [
        ['Actor', 'FailedLogins:long', 'FirstTries:long'],
        ['person', 3, 0],
      ],
      [
        ['Identity', 'Result'],
        ['jane', '401'],
      ],
    ].map(([columns, row], index) =>
      auditResult(
        {
          id: `audit-${String(index)}`,
          title: 'Logins',
          expect: 'any',
          table: tableOf(columns!.map(String), [row!]),
        },
        period,
      ),
    ),
    { period },
  );
  const told = answerModels(report, ENGLISH).map(({ firstTries }) => firstTries);
  expect(told.map((text) => text !== '')).toEqual([true, true, false, false]);
  expect(told[0]).toContain('It is a first try, and not a failed login.');
});
