import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { supported, type Supported } from '../../src/kql/supported';
import type { Use } from './constructs';
import { DOCUMENTED } from './documented';

/** For each list, name and form: recorded answers of the real engine that were the same here. */
export type Evidence = Readonly<
  Record<keyof Supported, Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>>
>;

const FILE = join(__dirname, 'evidence.json');

/** So many cases are named for each form. */
const MOST_CASES = 3;

/** The committed evidence. */
export function readEvidence(): Evidence {
  return JSON.parse(readFileSync(FILE, 'utf8')) as Evidence;
}

/** Writes the evidence that the cases which are right give. */
export function writeEvidence(evidence: Evidence): void {
  writeFileSync(FILE, `${JSON.stringify(evidence, null, 1)}\n`);
}

/** What is proven by cases that are right: everything on the list that they use. */
export function gatherEvidence(
  right: readonly { readonly id: string; readonly uses: readonly Use[] }[],
): Evidence {
  const list = supported();
  const found = new Map<string, Set<string>>();
  for (const { id, uses } of right) {
    for (const use of uses) {
      if (!list[use.list].includes(use.name)) continue;
      const key = JSON.stringify([use.list, use.name, use.form]);
      const ids = found.get(key) ?? new Set<string>();
      if (ids.size < MOST_CASES) ids.add(id);
      found.set(key, ids);
    }
  }
  const evidence: Record<string, Record<string, Record<string, string[]>>> = {
    tabular: {},
    plugins: {},
    aggregates: {},
    operators: {},
    functions: {},
  };
  for (const key of [...found.keys()].sort()) {
    const [part, name, form] = JSON.parse(key) as [string, string, string];
    const forms = ((evidence[part] ??= {})[name] ??= {});
    forms[form] = [...(found.get(key) ?? [])];
  }
  return evidence as unknown as Evidence;
}

/** What is on the list with neither a recorded answer nor a word of documentation. */
export function unproven(evidence: Evidence): readonly string[] {
  const lists = Object.entries(supported()) as [keyof Supported, readonly string[]][];
  return lists.flatMap(([list, names]) =>
    names.filter(
      (name) => !Object.hasOwn(evidence[list], name) && !Object.hasOwn(DOCUMENTED[list], name),
    ),
  );
}

/** Names in the evidence or among the documented ones that are on the list no more. */
export function superfluous(evidence: Evidence): readonly string[] {
  const lists = Object.entries(supported()) as [keyof Supported, readonly string[]][];
  return lists.flatMap(([list, names]) =>
    [...Object.keys(evidence[list]), ...Object.keys(DOCUMENTED[list])].filter(
      (name) => !names.includes(name),
    ),
  );
}
