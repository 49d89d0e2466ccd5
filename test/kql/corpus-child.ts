import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Table } from '../../src/core/table';
import { KqlError } from '../../src/kql/errors';
import type { TableStore } from '../../src/kql/store';
import { probeColumns } from '../../src/kql/column-probe';
import { resolveColumns } from '../../src/kql/known-columns';
import { translate } from '../../src/kql/translate';
import { NOW, openStore } from './ask';
import { usesOf } from './constructs';
import {
  compareDocs,
  compareVerdict,
  isComparable,
  type DocsCase,
  type VerdictCase,
} from './corpus';
import type { Answered, Outcome } from './corpus-answers';

/** The parser binds a schema once, and remembers it by the object. */
const NO_TABLES = {};

/** So many queries are asked at once: the parser works on one while the store answers others. */
const AT_ONCE = 3;

interface Case {
  readonly id: string;
  readonly kql: string;
  readonly invalid: boolean;
  /** What differs from the recorded answer, or undefined. */
  readonly compare: (table: Table) => string | undefined;
}

function readCases(path: string): Case[] {
  const text = readFileSync(path, 'utf8');
  if (basename(path) === 'docs-examples.json') {
    return (JSON.parse(text) as DocsCase[]).map((item) => ({
      ...item,
      invalid: false,
      compare: (table) => compareDocs(item, table),
    }));
  }
  return (JSON.parse(text) as VerdictCase[]).map((item) => ({
    ...item,
    invalid: item.kusto.Error !== undefined,
    compare: (table) => compareVerdict(item, table),
  }));
}

async function outcomeOf(store: TableStore, item: Case): Promise<Outcome> {
  let table: Table;
  try {
    const kql = await resolveColumns(
      item.kql,
      (text) => probeColumns(text, NO_TABLES, NOW),
      (probe) => store.query(probe),
    );
    table = await store.query(translate(kql, NO_TABLES, { now: NOW }));
  } catch (error) {
    if (!(error instanceof KqlError)) throw error;
    return { kind: 'refused', why: `${error.code}: ${error.message}` };
  }
  if (item.invalid) return { kind: 'accepted' };
  const difference = item.compare(table);
  if (difference !== undefined) return { kind: 'wrong', difference };
  return { kind: 'right', uses: usesOf(item.kql) };
}

async function main(path: string): Promise<void> {
  const store = await openStore();
  const cases = readCases(path).filter((item) => item.invalid || isComparable(item));
  const worker = async (first: number): Promise<void> => {
    for (let i = first; i < cases.length; i += AT_ONCE) {
      const item = cases[i] as Case;
      const { id, kql, invalid } = item;
      const answered: Answered = { id, kql, invalid, outcome: await outcomeOf(store, item) };
      process.send?.(answered);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, (_, i) => worker(i)));
  await store.close();
  process.disconnect();
}

void main(process.argv[2] ?? '');
