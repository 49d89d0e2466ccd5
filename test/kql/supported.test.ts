import { DENIED_BY_AZURE_MONITOR, ONLY_IN_A_WORKSPACE } from '../../src/kql/azure-monitor';
import type { TableStore } from '../../src/kql/store';
import { openStore, refusal } from './ask';
import { readEvidence, superfluous, unproven } from './evidence';

/**
 * When one of these fails: `UPDATE_DOCS=1 npx jest test/kql/corpus test/docs` gathers the evidence anew
 * where the recorded answers are. What no recorded answer proves needs its words in documented.ts.
 */
describe('the list of what is supported', () => {
  let store: TableStore;
  beforeAll(async () => {
    store = await openStore();
  });
  afterAll(() => store.close());

  it('has nothing without a recorded answer or a word of documentation', () => {
    expect(unproven(readEvidence())).toEqual([]);
  });

  it('has everything that the evidence names', () => {
    expect(superfluous(readEvidence())).toEqual([]);
  });

  it.each(DENIED_BY_AZURE_MONITOR)('has not $what, which a workspace denies', async ({ query }) => {
    const error = await refusal(store, query);
    expect(['KQL_UNSUPPORTED', 'KQL_SEMANTIC', 'KQL_SYNTAX', 'KQL_TABLE_MISSING']).toContain(
      error.code,
    );
  });

  it.each(ONLY_IN_A_WORKSPACE)('has not $what, and says why', async ({ query }) => {
    const error = await refusal(store, query);
    expect(error.code).toBe('KQL_UNSUPPORTED');
    expect(error.hint).toMatch(/\.$/);
  });
});
