import { existsSync } from 'node:fs';

import { z } from 'zod';

import { ACTOR_KINDS } from '../core/actors';
import type { Problem } from '../core/errors';
import { checkShape } from './check-shape';
import { readText } from './read-text';
import { parseYaml } from './yaml-file';

/** The function by which queries ask for the kind of an event: `ActorOf(Identity, UserAgent, OperationName)`. */
const ACTOR_FUNCTION = 'ActorOf';

const FIELDS = {
  identity: 'Identity',
  userAgent: 'UserAgent',
  operation: 'OperationName',
} as const;

const kindError = `must be one of ${ACTOR_KINDS.join(', ')}`;
const kind = z.enum(ACTOR_KINDS, { error: kindError });
const textError = 'must be text of at most 200 printable characters';
const text = z
  .string({ error: textError })
  .regex(/^[^\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029]{0,200}$/u, { error: textError });
const texts = z.array(text, { error: 'must be a list of texts' }).min(1).max(200).optional();
const partsError = 'must be a map with is, contains, startsWith or matches';
const condition = z
  .strictObject(
    { is: texts, contains: texts, startsWith: texts, matches: texts },
    { error: partsError },
  )
  .refine((parts) => Object.keys(parts).length > 0, { error: partsError })
  .optional();

const ruleError = 'must be a map with kind and at least one of identity, userAgent, operation';
const actorsSchema = z.strictObject(
  {
    version: z.string({ error: 'must be text; quote numbers' }).min(1).max(40),
    known: z
      .array(
        z.strictObject({ identity: text, kind }, { error: 'must be a map with identity and kind' }),
        {
          error: 'must be a list of identities',
        },
      )
      .max(1_000)
      .default([]),
    rules: z
      .array(
        z
          .strictObject(
            { kind, identity: condition, userAgent: condition, operation: condition },
            { error: ruleError },
          )
          .refine((rule) => Object.keys(rule).length > 1, { error: ruleError }),
        { error: 'must be a list of rules' },
      )
      .max(200),
  },
  { error: 'must be a map' },
);

export type ActorRules = z.infer<typeof actorsSchema>;
type Condition = NonNullable<z.infer<typeof condition>>;

/** The rules of a templates folder; undefined when it has none, or when they are wrong and problems were added. */
export async function readActorRules(
  where: string,
  problems: Problem[],
): Promise<ActorRules | undefined> {
  if (!existsSync(where)) return undefined;
  const content = await readText(where, problems);
  const file = content === undefined ? undefined : parseYaml(where, content, problems);
  return file === undefined ? undefined : checkShape(actorsSchema, file, problems);
}

/**
 * What stands before a query that asks for kinds: the rules as a KQL function, so that whoever asks the query again,
 * anywhere, classes events by the very same rules. Empty for a query that does not ask.
 */
export function actorPrelude(query: string, rules: ActorRules | undefined): string {
  if (rules === undefined || !new RegExp(`\\b${ACTOR_FUNCTION}\\s*\\(`).test(query)) return '';
  const cases = [
    ...knownIdentities(rules),
    ...rules.rules.map((rule) => `${conditionOf(rule)}, ${literal(rule.kind)}`),
    literal('unknown'),
  ];
  const parameters = Object.values(FIELDS).map((name) => `${name}: string`);
  return [
    `// Kinds of actors, version ${rules.version.replace(/\s+/g, ' ')}`,
    `let ${ACTOR_FUNCTION} = (${parameters.join(', ')}) {`,
    '    case(',
    `        ${cases.join(',\n        ')})`,
    '};\n',
  ].join('\n');
}

function knownIdentities({ known }: ActorRules): string[] {
  return ACTOR_KINDS.flatMap((name) => {
    const identities = known.filter((entry) => entry.kind === name).map((entry) => entry.identity);
    return identities.length === 0 ? [] : [`Identity in~ ${list(identities)}, ${literal(name)}`];
  });
}

function conditionOf(rule: ActorRules['rules'][number]): string {
  return Object.entries(FIELDS)
    .flatMap(([key, column]) => {
      const parts = rule[key as keyof typeof FIELDS];
      return parts === undefined ? [] : [anyOf(column, parts)];
    })
    .join(' and ');
}

function anyOf(column: string, { is, contains, startsWith, matches }: Condition): string {
  const each = (operator: string, values: readonly string[] = []): string[] =>
    values.map((value) => `${column} ${operator} ${literal(value)}`);
  const all = [
    ...(is === undefined ? [] : [`${column} in~ ${list(is)}`]),
    ...each('contains', contains),
    ...each('startswith', startsWith),
    ...each('matches regex', matches),
  ];
  return all.length === 1 ? all.join('') : `(${all.join(' or ')})`;
}

function list(values: readonly string[]): string {
  return `(${values.map(literal).join(', ')})`;
}

function literal(value: string): string {
  return `"${value.replace(/["\\]/g, '\\$&')}"`;
}
