import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TableStore } from '../../src/kql/store';
import { KqlError } from '../../src/kql/errors';
import { ask, openStore } from './ask';
import { gatherEvidence, readEvidence, writeEvidence, type Evidence } from './evidence';
import {
  compareDocs,
  compareVerdict,
  isComparable,
  type DocsCase,
  type VerdictCase,
} from './corpus';

/**
 * Answers that the real engine gave, recorded by others. They are no part of this project: they are
 * read from a folder beside it, or the one that TALLYMAN_REFERENCE names, where there is one.
 */
const REFERENCE = process.env['TALLYMAN_REFERENCE'] ?? join(__dirname, '../../../shared/reference');
const FOLDER = join(REFERENCE, 'kql-corpus');
const present = existsSync(join(FOLDER, 'docs-examples.json'));
const whenPresent = present ? describe : describe.skip;
if (!present) console.warn('Skipped: the real engine’s recorded answers are not here.');

function load<T>(name: string): T[] {
  return present ? (JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as T[]) : [];
}

interface Tally {
  readonly right: { readonly id: string; readonly kql: string }[];
  refused: number;
  readonly wrong: string[];
}

/** Answers every comparable case; a refusal with a code is no mistake, another answer is. */
async function compareAll<T extends { readonly id: string; readonly kql: string }>(
  store: TableStore,
  cases: readonly T[],
  compare: (expected: T, table: Awaited<ReturnType<typeof ask>>) => string | undefined,
): Promise<Tally> {
  const tally: Tally = { right: [], refused: 0, wrong: [] };
  for (const item of cases.filter(isComparable)) {
    try {
      const difference = compare(item, await ask(store, item.kql));
      if (difference === undefined) tally.right.push(item);
      else tally.wrong.push(`${item.id}: ${difference}`);
    } catch (error) {
      if (!(error instanceof KqlError)) throw error;
      tally.refused += 1;
    }
  }
  return tally;
}

/** The ids that prove a form, by list, name and form. */
function forms(evidence: Evidence): ReadonlyMap<string, readonly string[]> {
  return new Map(
    Object.entries(evidence).flatMap(([list, names]) =>
      Object.entries(names).flatMap(([name, byForm]) =>
        Object.entries(byForm).map(([form, ids]) => [`${list} ${name}(${form})`, ids] as const),
      ),
    ),
  );
}

whenPresent('the real engine’s recorded answers', () => {
  let store: TableStore;
  const proven: { readonly id: string; readonly kql: string }[] = [];
  beforeAll(async () => {
    store = await openStore();
  });
  afterAll(() => store.close());

  it('agree with every documented example that is answered', async () => {
    const tally = await compareAll(store, load<DocsCase>('docs-examples.json'), compareDocs);
    expect(tally.wrong).toEqual([]);
    proven.push(...tally.right);
    expect(tally.right.length).toBeGreaterThanOrEqual(410);
  }, 120_000);

  it('agree with every adversarial query that is answered', async () => {
    const cases = load<VerdictCase>('emulator-verdicts.json');
    const valid = cases.filter((item) => item.kusto.Error === undefined);
    const tally = await compareAll(store, valid, compareVerdict);
    expect(tally.wrong).toEqual([]);
    proven.push(...tally.right);
    expect(tally.right.length).toBeGreaterThanOrEqual(740);
  }, 120_000);

  it('prove what the committed evidence says that they prove', () => {
    const gathered = gatherEvidence(proven);
    if (process.env['UPDATE_DOCS'] === '1') writeEvidence(gathered);
    const now = forms(gathered);
    const right = new Set(proven.map((item) => item.id));
    const gone = [...forms(readEvidence())].filter(
      ([form, ids]) => !now.has(form) || ids.some((id) => !right.has(id)),
    );
    expect(gone).toEqual([]);
  }, 120_000);

  it('reject what is rejected here', async () => {
    const cases = load<VerdictCase>('emulator-verdicts.json');
    const invalid = cases.filter((item) => item.kusto.Error !== undefined);
    const answered: string[] = [];
    for (const item of invalid) {
      try {
        await ask(store, item.kql);
        answered.push(item.id);
      } catch (error) {
        if (!(error instanceof KqlError)) throw error;
      }
    }
    expect(answered).toEqual([]);
  }, 60_000);
});
