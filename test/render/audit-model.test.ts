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
    ],
    { period },
  );
  expect(answerModels(report, ENGLISH).map(({ table }) => table.count)).toEqual([10, 25, 25]);
  const { answers, information } = reportModel(report, ENGLISH);
  expect(answers.map(({ expectation }) => expectation !== '')).toEqual([false, false, true]);
  expect(information).toContain('none is a finding');
});
