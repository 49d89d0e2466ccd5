import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { answerCorpus, type Answered } from './corpus-answers';
import { apartFor } from './corpus-scope';
import { gatherEvidence, readEvidence, writeEvidence, type Evidence } from './evidence';

/**
 * Answers that the real engine gave, recorded by others. They are no part of this project: they are
 * read from a folder beside it, or the one that TALLYMAN_REFERENCE names, where there is one.
 */
const REFERENCE = process.env['TALLYMAN_REFERENCE'] ?? join(__dirname, '../../../shared/reference');
const FOLDER = join(REFERENCE, 'kql-corpus');
const present = existsSync(join(FOLDER, 'docs-examples.json'));
const whenPresent = present ? describe : describe.skip;
if (!present) console.warn('Skipped: the real engine’s recorded answers are not here.');

const SHARE_THAT_MUST_BE_RIGHT = 0.95;

function wrong(answered: readonly Answered[]): string[] {
  return answered.flatMap(({ id, outcome }) =>
    outcome.kind === 'wrong' ? [`${id}: ${outcome.difference}`] : [],
  );
}

/** `470 of 490 right (95.9 %), the rest refused:` and the reasons, the most frequent first. */
function summary(title: string, answered: readonly Answered[]): string {
  const reasons = new Map<string, string[]>();
  for (const { id, outcome } of answered) {
    if (outcome.kind !== 'refused') continue;
    reasons.set(outcome.why, [...(reasons.get(outcome.why) ?? []), id]);
  }
  const lines = [...reasons]
    .sort(([, a], [, b]) => b.length - a.length)
    .map(([why, ids]) => `  ${ids.length} × ${why.slice(0, 120)} (${ids.slice(0, 3).join(', ')})`);
  const percent = (shareRight(answered) * 100).toFixed(1);
  const head = `${title}: ${rightOf(answered)} of ${answered.length} right (${percent} %), the rest refused:`;
  return [head, ...lines].join('\n');
}

function rightOf(answered: readonly Answered[]): number {
  return answered.filter(({ outcome }) => outcome.kind === 'right').length;
}

function shareRight(answered: readonly Answered[]): number {
  return rightOf(answered) / answered.length;
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
  let examples: readonly Answered[] = [];
  let verdicts: readonly Answered[] = [];
  beforeAll(async () => {
    [examples, verdicts] = await Promise.all([
      answerCorpus(join(FOLDER, 'docs-examples.json')),
      answerCorpus(join(FOLDER, 'emulator-verdicts.json')),
    ]);
  }, 300_000);

  it('agree with every documented example that is answered', () => {
    expect(examples.length).toBeGreaterThan(700);
    expect(wrong(examples)).toEqual([]);
  });

  it('agree with nearly all documented examples of what the engine sets out to do', () => {
    const counted = examples.filter(({ kql }) => apartFor(kql) === undefined);
    console.info(summary('Examples of the documentation', counted));
    expect(counted.length).toBeGreaterThan(450);
    expect(shareRight(counted)).toBeGreaterThanOrEqual(SHARE_THAT_MUST_BE_RIGHT);
  });

  it('agree with every adversarial query that is answered, which are nearly all', () => {
    const valid = verdicts.filter(({ invalid }) => !invalid);
    console.info(summary('Adversarial queries', valid));
    expect(valid.length).toBeGreaterThan(750);
    expect(wrong(valid)).toEqual([]);
    expect(shareRight(valid)).toBeGreaterThanOrEqual(SHARE_THAT_MUST_BE_RIGHT);
  });

  it('prove what the committed evidence says that they prove', () => {
    const proven = [...examples, ...verdicts].flatMap(({ id, outcome }) =>
      outcome.kind === 'right' ? [{ id, uses: outcome.uses }] : [],
    );
    const gathered = gatherEvidence(proven);
    if (process.env['UPDATE_DOCS'] === '1') writeEvidence(gathered);
    const now = forms(gathered);
    const right = new Set(proven.map((item) => item.id));
    const gone = [...forms(readEvidence())].filter(
      ([form, ids]) => !now.has(form) || ids.some((id) => !right.has(id)),
    );
    expect(gone).toEqual([]);
  });

  it('reject what is rejected here', () => {
    const invalid = verdicts.filter((item) => item.invalid);
    expect(invalid.length).toBeGreaterThan(50);
    const answered = invalid.filter(({ outcome }) => outcome.kind === 'accepted');
    expect(answered.map(({ id }) => id)).toEqual([]);
  });
});
