import { findingGroups, summaryRows, worstFindings } from '../../src/render/findings-model';
import { waivedFindings, waiverModels } from '../../src/render/waiver-model';
import type { Severity } from '../../src/core/outcome';
import { auditResult, periodOf, reportOf, sampleReport, tableOf } from '../support/reports';
import { ENGLISH } from '../support/languages';

const period = periodOf('day', '2026-11-21');

function noisy(id: string, rows: number, severity: Severity = 'high') {
  const table = tableOf(
    ['TimeGenerated:datetime', 'Identity'],
    Array.from({ length: rows }, (_, index) => ['2026-11-21T05:02:11.4Z', `user-${String(index)}`]),
  );
  return auditResult({ id, title: id, severity, table }, period);
}

describe('summaryRows', () => {
  it('does not let one noisy audit hide the others, and says what it left out', () => {
    const report = reportOf([noisy('loud', 500), noisy('small', 1)], { period });
    const { rows, cut } = summaryRows(report, 600, ENGLISH);
    expect(rows.map((row) => row.link)).toEqual(['#audit-loud', '#audit-small']);
    expect(rows[0]?.text).toMatch(/ And 499 more like it\.$/);
    expect(cut).toBe('');
  });

  it('leaves rows out where there is no room, and says so, but neither kind of news', () => {
    const audits = Array.from({ length: 9 }, (_, index) => noisy(`a${String(index)}`, 1));
    const untold = { ...noisy('untold', 0), outcome: 'error' as const, reason: 'Why.' };
    const { rows, cut } = summaryRows(reportOf([...audits, untold], { period }), 75, ENGLISH);
    expect(rows.map((row) => row.badge.word)).toEqual(['high', 'could not tell']);
    expect(cut).toBe('Showing 1 of 9 kinds of findings; all are named below.');
  });

  it('shortens digests and resources in sentences, and has them whole among the values', () => {
    const digest = `sha256:${'ab'.repeat(32)}`;
    const id = `/subscriptions/${'0'.repeat(8)}-0000-0000-0000-${'0'.repeat(12)}/resourcegroups/g/providers/microsoft.containerregistry/registries/contoso`;
    const table = tableOf(['Digest', 'ResourceId'], [[digest, id]]);
    const finding = (): string => `${digest} on ${id}.`;
    const report = reportOf([auditResult({ id: 'a', title: 'a', table, finding }, period)], {
      period,
    });
    const short = 'sha256:abababababab…abababab on registries/contoso.';
    expect(summaryRows(report, 600, ENGLISH).rows[0]?.text).toBe(short);
    const [full] = findingGroups(report, ENGLISH)[0]?.findings ?? [];
    expect(full?.text).toBe(short);
    expect(full?.values).toEqual([
      { name: 'Digest', value: digest },
      { name: 'Resource ID', value: id },
    ]);
  });

  it('shortens sentences before it leaves a row out', () => {
    const table = tableOf(['Identity'], [['someone']]);
    const finding = (): string => 'word '.repeat(60);
    const audits = ['a', 'b', 'c'].map((id) =>
      auditResult({ id, title: id, table, finding }, period),
    );
    const report = reportOf(audits, { period });
    const [wide, narrow] = [600, 150].map((room) => summaryRows(report, room, ENGLISH));
    expect(wide?.rows).toHaveLength(3);
    expect(narrow?.rows).toHaveLength(3);
    expect(narrow?.cut).toBe('');
    const lengthOf = (summary = wide): number => summary?.rows[0]?.text.length ?? 0;
    expect(lengthOf(narrow)).toBeLessThan(lengthOf(wide));
  });

  it('says who, from where and when in the report’s zone', () => {
    expect(summaryRows(sampleReport(), 600, ENGLISH).rows[0]?.circumstances).toBe(
      'jane.kim@contoso.com, 203.0.113.18, 14:02:11\u00A0+09:00',
    );
  });

  it('tells who, from where and when once, and every other value', () => {
    const table = tableOf(
      ['TimeGenerated:datetime', 'Identity', 'Caller', 'CallerIpAddress', 'PushedAt:datetime'],
      [['2026-11-21T05:02:11.4Z', 'ci', 'ci', '203.0.113.18', '2026-11-20T05:02:11Z']],
    );
    const report = reportOf([auditResult({ id: 'one', title: 'One', table }, period)], { period });
    const [finding] = findingGroups(report, ENGLISH)[0]?.findings ?? [];
    expect(finding?.circumstances.map(({ value }) => value)).toEqual([
      'ci',
      '203.0.113.18',
      '2026-11-21 14:02:11\u00A0+09:00 (05:02:11\u00A0UTC)',
    ]);
    expect(finding?.values).toEqual([
      { name: 'Caller', value: 'ci' },
      { name: 'Pushed at', value: '2026-11-20 14:02:11\u00A0+09:00' },
    ]);
  });

  it('says when by the columns that the audit names, and a range as a range', () => {
    const table = tableOf(
      ['FirstFailure:datetime', 'LastFailure:datetime', 'FirstSuccess:datetime'],
      [['2026-11-20T22:05:04.1Z', '2026-11-20T22:26:00Z', '2026-11-20T22:27:00Z']],
    );
    const audit = auditResult({ id: 'spray', title: 'Spray', table }, period);
    const whenOf = (when: NonNullable<typeof audit.when>): readonly (string | undefined)[] => {
      const report = reportOf([{ ...audit, when }], { period });
      return [
        summaryRows(report, 600, ENGLISH).rows[0]?.circumstances,
        worstFindings(report, 5, ENGLISH).rows[0]?.circumstances,
        findingGroups(report, ENGLISH)[0]?.findings[0]?.circumstances[0]?.value,
      ];
    };
    expect(whenOf(['FirstSuccess'])).toEqual([
      '07:27:00\u00A0+09:00',
      '07:27:00\u00A0+09:00',
      '2026-11-21 07:27:00\u00A0+09:00 (2026-11-20 22:27:00\u00A0UTC)',
    ]);
    expect(whenOf(['FirstFailure', 'LastFailure'])).toEqual([
      '07:05:04\u00A0– 07:26:00\u00A0+09:00',
      '07:05:04\u00A0– 07:26:00\u00A0+09:00',
      '2026-11-21 07:05:04\u00A0– 07:26:00\u00A0+09:00 (2026-11-20 22:05:04\u00A0– 22:26:00\u00A0UTC)',
    ]);
  });

  it('always has room for questions without an answer', () => {
    const untold = auditResult(
      { id: 'untold', title: 'Untold', outcome: 'error', reason: 'Why.' },
      period,
    );
    const audits = Array.from({ length: 9 }, (_, index) => noisy(`a${String(index)}`, 5));
    const { rows } = summaryRows(reportOf([...audits, untold], { period }), 600, ENGLISH);
    expect(rows).toHaveLength(9);
    expect(rows.at(-1)).toMatchObject({ badge: { word: 'could not tell' }, circumstances: 'Why.' });
    expect(
      worstFindings(reportOf([...audits, untold], { period }), 10, ENGLISH).rows.at(-1)?.badge.word,
    ).toBe('could not tell');
  });
});

describe('findingGroups', () => {
  it('puts the worst audit first and cuts a long one with a notice', () => {
    const report = reportOf([noisy('low-one', 2, 'low'), noisy('worst', 21, 'critical')], {
      period,
    });
    const groups = findingGroups(report, ENGLISH);
    expect(groups.map((group) => group.id)).toEqual(['worst', 'low-one']);
    expect(groups[0]?.findings).toHaveLength(20);
    expect(groups[0]?.cut).toBe(
      'Showing 20 of 21 findings; all are in findings.csv and evidence/worst.json.',
    );
    expect(groups[1]?.cut).toBe('');
  });

  it('tells an absence for what it is', () => {
    const audit = {
      ...auditResult({ id: 'gone', title: 'Gone', expect: 'some' }, period),
      findings: [
        { audit: 'gone', severity: 'high' as const, text: 'Nothing.', values: {}, key: 'k' },
      ],
    };
    const [group] = findingGroups(reportOf([audit], { period }), ENGLISH);
    expect(group?.findings[0]?.place).toBe('an absence: the answer has no row to show');
  });
});

describe('waivers', () => {
  it('are counted once each, and every accepted finding is listed', () => {
    const report = sampleReport();
    expect(waiverModels(report, ENGLISH)).toEqual([
      {
        audit: 'anonymous-pulls',
        badge: { word: 'in force', style: 'info' },
        isNews: true,
        count: '1 finding',
        owner: 'Platform team',
        reason: 'The vulnerability scanner pulls the public base image without a login.',
        expires: '2027-01-31',
      },
    ]);
    expect(waivedFindings(report, ENGLISH).rows).toHaveLength(1);
  });
});
