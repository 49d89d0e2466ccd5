import { overallOutcome, verdictSentence } from '../../src/assess/verdict';
import type { AuditResult, Coverage, CoverageState, Finding } from '../../src/core/report';
import { said } from '../support/languages';

const audits = (...outcomes: AuditResult['outcome'][]): AuditResult[] =>
  outcomes.map((outcome) => ({ outcome }) as AuditResult);
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
      '2 findings need a reviewer. 1 question could not be answered. 2 of 4 audits found what was expected.',
    );
  });

  it('never lets missing logs look like good news', () => {
    const incomplete = coverage('collected', 'gap', 'unknown');
    expect(said(verdictSentence(audits('pass'), [], incomplete))).toBe(
      'No findings. Logs are missing for 2 of 3 registry-hours. 1 of 1 audits found what was expected.',
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
