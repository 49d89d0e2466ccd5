import { z } from 'zod';

import type { Problem } from '../core/errors';
import { nearestName } from '../kql/similar';
import type { YamlFile } from './yaml-file';

/**
 * A file's value as the schema's type. Undefined, and one problem added per mistake, when it is not.
 * Every message of the schema must read on from a key's name: `must be a whole number of hours`.
 */
export function checkShape<T>(
  schema: z.ZodType<T>,
  file: YamlFile,
  problems: Problem[],
): T | undefined {
  const result = schema.safeParse(file.value, { reportInput: true });
  if (result.success) return result.data;
  for (const issue of result.error.issues) problems.push(...describe(issue, schema, file));
  return undefined;
}

/** The keys of a file that are right, so that what they say is looked at although others are wrong. */
export function soundParts<T>(schema: z.ZodType<T>, { value }: YamlFile): Partial<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  if (typeof value !== 'object' || value === null) return {};
  const wrong = new Set(result.error.issues.map(({ path: [key] }) => key));
  const right = Object.entries(value).filter(([key]) => !wrong.has(key));
  return Object.fromEntries(right) as Partial<T>;
}

function describe(issue: z.core.$ZodIssue, schema: z.ZodType, file: YamlFile): Problem[] {
  if (issue.code === 'unrecognized_keys') {
    const known = [...knownKeys(schema)];
    return issue.keys.map((key) => ({
      where: file.where,
      ...file.placeOfKey(issue.path, key),
      message: `'${pathText([...issue.path, key])}' is not a key that is known here.`,
      remedy: suggest(key, known) ?? `Known keys: ${known.join(', ')}.`,
    }));
  }
  const name = issue.path.length === 0 ? 'The file' : `'${pathText(issue.path)}'`;
  const remedy =
    issue.code === 'invalid_value' && typeof issue.input === 'string'
      ? suggest(issue.input, issue.values.map(String))
      : undefined;
  return [
    {
      where: file.where,
      ...file.placeOf(issue.path),
      message: `${name} ${issue.message}, ${describeInput(issue.input)}.`,
      ...(remedy === undefined ? {} : { remedy }),
    },
  ];
}

/** All keys that a schema names anywhere: a mistyped key is looked up among them. */
function knownKeys(schema: z.ZodType): Set<string> {
  const keys = new Set<string>();
  const walk = (part: unknown): void => {
    if (part instanceof z.ZodObject) {
      for (const [key, value] of Object.entries(part.shape)) {
        keys.add(key);
        walk(value);
      }
    } else if (part instanceof z.ZodArray) walk(part.element);
    else if (part instanceof z.ZodOptional) walk(part.unwrap());
  };
  walk(schema);
  return keys;
}

function suggest(word: string, candidates: readonly string[]): string | undefined {
  const meant = nearestName(word, candidates);
  return meant === undefined ? undefined : `Did you mean '${meant}'?`;
}

/** `scopes[0].registries` */
function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((part, i) =>
      typeof part === 'number' ? `[${part}]` : `${i === 0 ? '' : '.'}${String(part)}`,
    )
    .join('');
}

/** What came instead, short and on one line. */
function describeInput(value: unknown): string {
  if (value === undefined) return 'nothing came';
  if (value === null || value === '') return 'an empty value came';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list came' : 'a list came';
  if (typeof value === 'object') return 'a map came';
  if (typeof value !== 'string') return `came ${JSON.stringify(value)}`;
  return `came ${JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value)}`;
}
