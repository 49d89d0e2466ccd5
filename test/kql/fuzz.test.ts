import fc from 'fast-check';
import { ParserProcess } from '../../src/kql/parser-process';
import { codedOrTranslated } from './fuzz-property';

/** `npm run fuzz` goes on for minutes. */
const RUNS = 150;

describe('any text at all', () => {
  const parser = new ParserProcess();
  afterAll(() => {
    parser.close();
  });

  it('is translated or gets a coded error of its own', async () => {
    await fc.assert(codedOrTranslated(parser), { numRuns: RUNS, seed: 42 });
  }, 120_000);
});
