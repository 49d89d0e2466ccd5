import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { TABLE_SCHEMAS } from '../../src/core/table-schemas';
import { compileKql } from '../../src/kql/compile';
import { KqlError } from '../../src/kql/errors';

/** More with TALLYMAN_FUZZ_RUNS=20000, which takes some minutes. */
const RUNS = Number(process.env['TALLYMAN_FUZZ_RUNS'] ?? 150);
/** Not a claim of speed: what takes longer hangs. */
const LONGEST_MS = 30_000;

const audits = join(__dirname, '../../templates/audits');
const QUERIES = readdirSync(audits).map((id) =>
  readFileSync(join(audits, id, 'query.kql'), 'utf8'),
);
const LETS =
  'let PeriodStart = datetime(2026-03-01);\nlet PeriodEnd = datetime(2026-03-02);\nlet LookBackStart = datetime(2026-02-15);\nlet PeriodTimeZone = "Asia/Seoul";\n';
const WORDS = QUERIES.flatMap((query) => query.match(/\w+|[^\s\w]+/g) ?? []);
const ODD = [
  '|',
  '(',
  ')',
  '[',
  '{',
  '"',
  "'",
  '//',
  '\0',
  '\u202e',
  '💣',
  '9e999',
  '..',
  '$left',
  'let',
  '@"',
  '0x',
  ';',
  '\ud800',
  '*',
  'dynamic(',
  'union *',
  'materialize(',
];

interface Edit {
  readonly at: number;
  readonly length: number;
  readonly text: string;
}

const edit = fc.record<Edit>({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.nat({ max: 30 }),
  text: fc.oneof(
    fc.constantFrom(...WORDS).map((word) => ` ${word} `),
    fc.constantFrom(...ODD),
    fc.string({ unit: 'binary', maxLength: 6 }),
    fc.constant(''),
  ),
});

const mutated = fc
  .tuple(fc.constantFrom(...QUERIES), fc.array(edit, { minLength: 1, maxLength: 5 }))
  .map(([query, edits]) =>
    edits.reduce((text, { at, length, text: put }) => {
      const start = Math.floor(at * text.length);
      return text.slice(0, start) + put + text.slice(start + length);
    }, query),
  );

describe('any text at all', () => {
  it('is translated or gets a coded error, and soon', async () => {
    await fc.assert(
      fc.asyncProperty(mutated, async (query) => {
        const started = performance.now();
        try {
          await compileKql(LETS + query, TABLE_SCHEMAS, { now: '2026-03-03T00:00:00.000Z' });
        } catch (error) {
          if (!(error instanceof KqlError)) throw error;
          expect(error.code).toMatch(/^KQL_(?!INTERNAL)/);
          expect(error.message.length).toBeLessThan(2_000);
        }
        expect(performance.now() - started).toBeLessThan(LONGEST_MS);
      }),
      { numRuns: RUNS, seed: 42 },
    );
  }, 3_600_000);
});
