// Translates a query as a program does, and tells what that took: node compile-and-tell.ts FOLDER NOW
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { compileKql } from '../../src/kql/compile';
import { rememberIn } from '../../src/kql/remembered';

const [, , folder = '', now = ''] = process.argv;

async function main(): Promise<void> {
  rememberIn(folder);
  const { columns } = await compileKql('print 1', {}, { now });
  const parsers = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').split(' ');
  console.log(
    JSON.stringify({
      columns: columns.map(({ name }) => name),
      globals: ['Bridge', 'System', 'Kusto'].filter((name) => name in globalThis),
      parsers: parsers.filter((pid) => pid.trim() !== '').length,
      loaded: Object.keys(require.cache)
        .map((file) => basename(file))
        .filter((file) => /language-service|Kusto|bridge|^lower|^diagnose|^translate/.test(file)),
    }),
  );
}

void main();
