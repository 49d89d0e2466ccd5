import { readFileSync } from 'node:fs';
import type * as Yaml from 'yaml';
import { nativeRefusal } from './native-refusal';

/** A pattern with the texts that take the place of its groups, as the list writes them. */
type Entry = Readonly<Record<string, string>> & { readonly regex: string };

type ListName = 'user_agent_parsers' | 'os_parsers' | 'device_parsers';

type Lists = Readonly<Record<ListName, readonly Entry[]>>;

/** One property of a part: the name of its replacement in the list, and the group that it is without one. */
type Property = readonly [name: string, replacement: string, group?: number];

/** A part of the answer: what it is called in it, where its patterns are, and its properties. */
interface Part {
  readonly title: string;
  readonly list: ListName;
  readonly properties: readonly Property[];
}

/** By the words that a query names them with, in the order in which they stand in an answer. */
export const USER_AGENT_PARTS: Readonly<Record<string, Part>> = {
  browser: {
    title: 'Browser',
    list: 'user_agent_parsers',
    properties: [
      ['Family', 'family_replacement', 1],
      ['MajorVersion', 'v1_replacement', 2],
      ['MinorVersion', 'v2_replacement', 3],
      ['Patch', 'v3_replacement', 4],
    ],
  },
  os: {
    title: 'OperatingSystem',
    list: 'os_parsers',
    properties: [
      ['Family', 'os_replacement', 1],
      ['MajorVersion', 'os_v1_replacement', 2],
      ['MinorVersion', 'os_v2_replacement', 3],
      ['Patch', 'os_v3_replacement', 4],
      ['PatchMinor', 'os_v4_replacement', 5],
    ],
  },
  device: {
    title: 'Device',
    list: 'device_parsers',
    properties: [
      ['Family', 'device_replacement', 1],
      ['Brand', 'brand_replacement'],
      ['Model', 'model_replacement', 1],
    ],
  },
};

/** A log has few different user agents and many rows: so many of them are remembered, then the next lot. */
const MOST_REMEMBERED = 5_000;

/** A longer one, which only somebody hostile sends, is read anew each time. */
const LONGEST_REMEMBERED = 1_000;

const remembered = new Map<string, string>();
let lists: ReadonlyMap<ListName, readonly (readonly [RegExp, Entry])[]> | undefined;

/**
 * `parse_user_agent`: a JSON bag of the parts that are wanted, `browser,os,device`. By uap-core's list of
 * patterns and its specification, the first pattern that fits deciding; both examples that Microsoft
 * documents come out of it. Which version of the list Azure has is not told.
 */
export function parseUserAgent(text: string, wanted: string): string {
  if (text === '') {
    const hint = 'Leave such rows out before it: | where isnotempty(UserAgent).';
    throw nativeRefusal(`'parse_user_agent' of nothing`, hint);
  }
  const key = `${wanted} ${text}`;
  const known = remembered.get(key);
  if (known !== undefined) return known;
  const parts = wanted.split(',').flatMap((word) => USER_AGENT_PARTS[word] ?? []);
  const answer = JSON.stringify(
    Object.fromEntries(parts.map((part) => [part.title, propertiesOf(part, text)])),
  );
  if (text.length > LONGEST_REMEMBERED) return answer;
  if (remembered.size >= MOST_REMEMBERED) remembered.clear();
  remembered.set(key, answer);
  return answer;
}

function propertiesOf({ list, properties }: Part, text: string): Record<string, string> {
  lists ??= readLists();
  for (const [pattern, entry] of lists.get(list) ?? []) {
    const groups = pattern.exec(text);
    if (groups === null) continue;
    return Object.fromEntries(
      properties.map(([name, replacement, group]) => {
        const written = entry[replacement];
        const value = written === undefined ? groups[group ?? -1] : filled(written, groups);
        return [name, value ?? ''];
      }),
    );
  }
  return Object.fromEntries(properties.map(([name]) => [name, name === 'Family' ? 'Other' : '']));
}

/** `Firefox ($1)` with the groups' texts, without blanks around. */
function filled(written: string, groups: RegExpExecArray): string {
  return written.replace(/\$(\d)/g, (_, digit: string) => groups[Number(digit)] ?? '').trim();
}

/** Takes a tenth of a second, which only whoever asks for it pays. */
function readLists(): ReadonlyMap<ListName, readonly (readonly [RegExp, Entry])[]> {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- an import would load it in every process
  const { parse } = require('yaml') as typeof Yaml;
  const path = require.resolve('uap-core/regexes.yaml');
  const read = parse(readFileSync(path, 'utf8')) as Lists;
  return new Map(
    (Object.keys(read) as ListName[]).map((name) => [
      name,
      read[name].map((entry) => [new RegExp(entry.regex, entry['regex_flag'] ?? ''), entry]),
    ]),
  );
}
