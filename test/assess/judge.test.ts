import { judgeAudit } from '../../src/assess/judge';
import type { AuditDefinition, OperationWords, Waiver } from '../../src/core/definitions';
import type { Answer } from '../../src/core/logs';
import type { Coverage, TableCoverage } from '../../src/core/report';
import { piecesOf } from '../../src/core/pieces';
import { said } from '../support/languages';

const period = { start: '2026-03-01T15:00:00.000Z', end: '2026-03-02T15:00:00.000Z' };
const when = { executedAt: '2026-03-02T22:00:00.000Z', durationMs: 3 };

const audit: AuditDefinition = {
  id: 'repository-deletions',
  title: 'Repositories deleted by a person',
  purpose: 'Why.',
  tables: ['ContainerRegistryRepositoryEvents'],
  expect: 'none',
  severity: 'high',
  columns: [{ name: 'Repository', type: 'string' }],
  finding: '{{Repository}} was deleted',
  controls: [],
  remediation: 'Ask.',
  lookBackDays: 0,
  lookBackAtLeastDays: 0,
  query: '',
};

function rows(...names: string[]): Answer {
  const table = { columns: audit.columns, rows: names.map((name) => [name]) };
  return { status: 'complete', table, body: piecesOf('{}'), ...when };
}

function coverage(table: Partial<TableCoverage> = {}, complete = true): Coverage {
  return {
    verdict: '',
    complete,
    registries: [
      {
        registry: 'contoso',
        hours: [
          { start: period.start, state: 'collected', records: 1 },
          { start: period.start, state: complete ? 'quiet' : 'unknown', records: 0 },
        ],
      },
    ],
    tables: [
      {
        table: 'ContainerRegistryRepositoryEvents',
        state: 'collected',
        records: 5,
        earliest: '2026-02-15T15:00:00.000Z',
        reason: 'Five.',
        ...table,
      },
    ],
    proofs: [],
  };
}

function judge(
  answer: Answer,
  options: {
    audit?: Partial<AuditDefinition>;
    coverage?: Coverage;
    waivers?: Waiver[];
    operations?: OperationWords;
  } = {},
) {
  return said(
    judgeAudit({
      audit: { ...audit, ...options.audit },
      answer,
      coverage: options.coverage ?? coverage(),
      period,
      waivers: options.waivers ?? [],
      operations: options.operations,
      today: '2026-03-03',
    }),
  );
}

describe('an audit that expects no row', () => {
  it('is error when lines of a table can’t be read, whatever was seen', () => {
    const { outcome, reason } = judge(rows(), { coverage: coverage({ unreadable: 2 }, false) });
    expect(outcome).toBe('error');
    expect(reason).toBe(
      '2 lines of ContainerRegistryRepositoryEvents in the period can’t be read, and nobody knows what they record.',
    );
    expect(judge(rows('web'), { coverage: coverage({ unreadable: 1 }, false) })).toMatchObject({
      outcome: 'error',
      findings: [{}],
    });
  });

  it('passes without one when the logs were collected', () => {
    const judgement = judge(rows());
    expect(judgement).toMatchObject({ outcome: 'pass', findings: [] });
    expect(judgement.reason).toBe(
      'Nothing of the kind was recorded, and the logs cover the whole period.',
    );
  });

  it('says for how much of the period it can speak', () => {
    expect(judge(rows(), { coverage: coverage({}, false) }).reason).toBe(
      'Nothing of the kind was recorded in the 1 of 2 registry-hours that the logs cover.',
    );
  });

  it('has the report’s words for Azure’s operations, and the name of one that has none', () => {
    const columns = [{ name: 'OperationName', type: 'string' }] as const;
    const asked = { columns, finding: 'Request: {{OperationName}}.' };
    const names = ['MICROSOFT.X/Y/WRITE', 'Microsoft.X/y/delete', 'constructor'];
    const operations = { 'MICROSOFT.X/Y/WRITE': 'write a Y' };
    const of = (...values: string[]): Answer => {
      const table = { columns, rows: values.map((name) => [name]) };
      return { status: 'complete', table, body: piecesOf('{}'), ...when };
    };
    const { findings } = judge(of(...names), { audit: asked, operations });
    const texts = [
      'Request: write a Y.',
      'Request: Microsoft.X/y/delete.',
      'Request: constructor.',
    ];
    expect(findings.map(({ text }) => text)).toEqual(texts);
    expect(judge(of('microsoft.x/y/write'), { audit: asked, operations }).findings[0]?.text).toBe(
      'Request: write a Y.',
    );
    expect(judge(of('MICROSOFT.X/Y/WRITE'), { audit: asked }).findings[0]?.text).toBe(
      'Request: MICROSOFT.X/Y/WRITE.',
    );
  });

  it('fails with a finding for each row', () => {
    const judgement = judge(rows('payments/api', 'web'));
    expect(judgement.outcome).toBe('fail');
    expect(judgement.findings.map((finding) => finding.text)).toEqual([
      'payments/api was deleted',
      'web was deleted',
    ]);
  });

  it('says a time in whole seconds, and keeps every digit of it in the row', () => {
    const columns = [{ name: 'Time', type: 'datetime' }] as const;
    const table = { columns, rows: [['2026-03-02T05:02:11.4821937Z']] };
    const answer: Answer = { status: 'complete', table, body: piecesOf('{}'), ...when };
    const { findings } = judge(answer, { audit: { columns, finding: 'Deleted at {{Time}}.' } });
    expect(findings.map(({ text, values }) => [text, values])).toEqual([
      ['Deleted at 2026-03-02 05:02:11 UTC.', { Time: '2026-03-02T05:02:11.4821937Z' }],
    ]);
  });

  it.each(['silent', 'missing', 'not-asked'] as const)(
    'cannot tell when its table is %s',
    (state) => {
      const judgement = judge(rows(), { coverage: coverage({ state, reason: 'Silence.' }) });
      expect(judgement.outcome).toBe('error');
      expect(judgement.reason).toContain('Silence.');
    },
  );

  it('passes on a table that is proven quiet', () => {
    expect(judge(rows(), { coverage: coverage({ state: 'quiet' }) }).outcome).toBe('pass');
  });

  it('cannot tell from a partial answer, and still lists what it saw', () => {
    const answer: Answer = {
      ...(rows('payments/api') as Extract<Answer, { status: 'complete' }>),
      status: 'partial',
      reason: 'The row limit was reached.',
    };
    const judgement = judge(answer);
    expect(judgement.outcome).toBe('error');
    expect(judgement.findings).toHaveLength(1);
    expect(judgement.reason).toContain('The row limit was reached.');
  });

  it('cannot tell from a failed query', () => {
    const judgement = judge({ status: 'failed', code: 'timeout', reason: 'Too slow.', ...when });
    expect(judgement).toMatchObject({ outcome: 'error', findings: [] });
    expect(judgement.reason).toContain('Too slow.');
  });
});

describe('an audit that looks back', () => {
  const looking = { lookBackDays: 14, lookBackAtLeastDays: 7 };

  it('cannot tell while the logs do not reach back far enough', () => {
    const short = coverage({ earliest: '2026-02-25T15:00:00.000Z' });
    const judgement = judge(rows('new'), { audit: looking, coverage: short });
    expect(judgement.outcome).toBe('error');
    expect(judgement.findings).toEqual([]);
    expect(judgement.reason).toContain('the logs go back 4 days');
  });

  it('has its rows as findings all the same where they are true without it', () => {
    const short = coverage({ earliest: '2026-02-25T15:00:00.000Z' });
    const judgement = judge(rows('moved'), {
      audit: { ...looking, rowsNeedLookBack: false },
      coverage: short,
    });
    expect(judgement.outcome).toBe('error');
    expect(judgement.findings).toHaveLength(1);
    expect(judgement.reason).toMatch(
      /go back 4 days\. What was seen all the same is listed \(1 row\)/,
    );
  });

  it('says that there are no logs before the period, not that they go back 0.0 days', () => {
    const none = coverage({ earliest: period.start });
    expect(judge(rows('new'), { audit: looking, coverage: none }).reason).toContain(
      'there are none',
    );
  });

  it('judges once they do', () => {
    expect(judge(rows('new'), { audit: looking }).outcome).toBe('fail');
  });
});

describe('an audit that expects some row', () => {
  it('fails on the absence of any', () => {
    const judgement = judge(rows(), { audit: { expect: 'some' } });
    expect(judgement.outcome).toBe('fail');
    expect(judgement.findings).toHaveLength(1);
    expect(judgement.findings[0]).not.toHaveProperty('row');
  });

  it('passes when there is one', () => {
    expect(judge(rows('x'), { audit: { expect: 'some' } }).outcome).toBe('pass');
  });
});

describe('a waiver', () => {
  const waiver: Waiver = {
    audit: 'repository-deletions',
    match: { Repository: 'scratch' },
    owner: 'Platform team',
    reason: 'Emptied every week.',
    expires: '2026-04-01',
  };

  it('takes its finding out of the count and shows it', () => {
    const judgement = judge(rows('scratch'), { waivers: [waiver] });
    expect(judgement).toMatchObject({ outcome: 'pass', findings: [] });
    expect(judgement.waived).toHaveLength(1);
    expect(judgement.reason).toContain('1 row accepted by waiver');
  });

  it('holds for nothing else', () => {
    expect(judge(rows('scratch', 'web'), { waivers: [waiver] }).outcome).toBe('fail');
  });

  it('ends on its date', () => {
    const ended = { ...waiver, expires: '2026-03-03' };
    expect(judge(rows('scratch'), { waivers: [ended] }).outcome).toBe('fail');
  });
});

it('keeps the key of a finding the same for the same fact', () => {
  const key = (answer: Answer) => judge(answer).findings.at(-1)?.key;
  expect(key(rows('web'))).toBe(key(rows('payments/api', 'web')));
  expect(key(rows('web'))).not.toBe(key(rows('payments/api')));
});
