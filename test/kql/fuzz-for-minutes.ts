// Throws made-up queries at the parser and the translation: npm run fuzz -- [minutes] [seed]
import { join } from 'node:path';
import fc from 'fast-check';
import { ParserProcess } from '../../src/kql/parser-process';
import { codedOrTranslated } from './fuzz-property';

// The parser's process runs the sources too.
process.env['NODE_OPTIONS'] = `--require ${join(__dirname, '../support/register-typescript.cjs')}`;

async function main(): Promise<void> {
  const minutes = Number(process.argv[2] ?? 10);
  const seed = Number(process.argv[3] ?? Date.now() % 1_000_000);
  console.log(`Seed ${seed}, ${minutes} minutes.`);
  const parser = new ParserProcess({ seconds: 300 });
  const found = await fc.check(codedOrTranslated(parser), {
    seed,
    numRuns: Number.MAX_SAFE_INTEGER,
    interruptAfterTimeLimit: minutes * 60_000,
  });
  parser.close();
  console.log(`${found.numRuns} queries.`);
  if (!found.failed) return;
  console.log(`${String(found.errorInstance)}\n${JSON.stringify(found.counterexample)}`);
  process.exitCode = 1;
}

void main();
