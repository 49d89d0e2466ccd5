import { compareSeverity, worstOutcome } from '../../src/core/outcome';

describe('worstOutcome', () => {
  it('puts “could not tell” before a failure, and a failure before the rest', () => {
    expect(worstOutcome(['pass', 'fail', 'error', 'info'])).toBe('error');
    expect(worstOutcome(['pass', 'info', 'fail'])).toBe('fail');
    expect(worstOutcome(['pass', 'info'])).toBe('info');
    expect(worstOutcome([])).toBe('pass');
  });
});

describe('compareSeverity', () => {
  it('sorts worst first', () => {
    const sorted = (['low', 'critical', 'info', 'high', 'medium'] as const).toSorted(
      compareSeverity,
    );
    expect(sorted).toEqual(['critical', 'high', 'medium', 'low', 'info']);
  });
});
