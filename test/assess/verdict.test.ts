import { overallOutcome, verdictSentence } from '../../src/assess/verdict';
import type { AuditResult, Coverage, CoverageState, Finding } from '../../src/core/report';
import { said } from '../support/languages';

const audits = (...outcomes: AuditResult['outcome'][]): AuditResult[] =>
  outcomes.map(
    (outcome) => ({ outcome, expect: outcome === 'info' ? 'any' : 'none' }) as AuditResult,
  );
const findings = (count: number): Finding[] => Array.from({ length: count }, () => ({}) as Finding);

function coverage(...states: CoverageState[]): Coverage {
  const start = '2026-03-01T00:00:00.000Z';
  return {
    verdict: '',
    complete: states.every((state) => state === 'collected' || state === 'quiet'),
    registries: [
      { registry: 'contoso', hours: states.map((state) => ({ start, state, records: 0 })) },
    ],
    tables: [],
    proofs: [],
  };
}

describe('verdictSentence', () => {
  it('counts findings, doubts and what was as expected', () => {
    expect(
      said(
        verdictSentence(
          audits('fail', 'error', 'pass', 'info'),
          findings(2),
          coverage('collected'),
        ),
      ),
    ).toBe(
      '2 findings need a reviewer. 1 question could not be answered. 1 of 3 audits found what was expected; 1 more is a list for information.',
    );
  });

  it('counts lists for information apart, because they expect nothing', () => {
    const told = (...outcomes: AuditResult['outcome'][]): string =>
      said(verdictSentence(audits(...outcomes), [], coverage('collected')));
    expect(told('pass', 'info', 'info')).toBe(
      'No findings. 1 of 1 audit found what was expected; 2 more are lists for information.',
    );
    expect(told('info', 'info')).toBe('No findings. All 2 audits are lists for information.');
  });

  it('never lets missing logs look like good news', () => {
    const incomplete = coverage('collected', 'gap', 'unknown');
    expect(said(verdictSentence(audits('pass'), [], incomplete))).toBe(
      'No findings. Logs incomplete: 2 of 3 registry-hours lack them. 1 of 1 audit found what was expected where the logs cover the period.',
    );
    expect(overallOutcome(audits('pass'), incomplete)).toBe('error');
  });
});

it('is as good as its worst audit when the logs are whole', () => {
  expect(overallOutcome(audits('pass', 'fail', 'info'), coverage('collected', 'quiet'))).toBe(
    'fail',
  );
  expect(overallOutcome(audits('pass'), coverage('collected'))).toBe('pass');
});
