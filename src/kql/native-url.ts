import { nativeRefusal } from './native-refusal';

const URL_PARTS =
  /^([a-z][a-z\d+.-]*):\/\/(?:([^/?#@:[\]]+):([^/?#@]*)@)?([^/?#@:[\]]+(?:@[^/?#@:[\]]+)?|\[[\da-f:.]+\])(?::(\d+))?(\/[^?#]*)(?:\?([^#]*))?(?:#(.*))?$/i;

/** `parse_url`: the bag of an absolute URL's parts; of a text without a scheme all are empty. */
export function parseUrl(text: string): string {
  const match = text.includes(':') ? URL_PARTS.exec(text) : [];
  // A user without a password belongs to the host; what becomes of a port after it is not known here.
  if (match === null || (match[4]?.includes('@') === true && match[5] !== undefined)) {
    throw nativeRefusal(
      `'parse_url' of a text that is no plain absolute URL`,
      'Leave such rows out before it: | where Url startswith "http".',
    );
  }
  const [, scheme, user, password, host, port, path, query, fragment] = match;
  const isBare = path === '/' && query === undefined && fragment === undefined;
  const pairs = query === undefined || query === '' ? [] : readPairs(query, 'parse_url');
  const parameters = sortedBag(pairs.filter(({ name, value }) => name !== '' && value !== ''));
  return bagText([
    ['Scheme', textJson(scheme)],
    ['Host', textJson(host)],
    ['Port', textJson(port)],
    ['Path', textJson(isBare ? '' : path)],
    ['Username', textJson(user)],
    ['Password', textJson(password)],
    ['Query Parameters', parameters],
    ['Fragment', textJson(fragment)],
  ]);
}

function textJson(text = ''): string {
  return JSON.stringify(text);
}

/** `parse_urlquery`: the bag of a query's parameters. */
export function parseUrlQuery(text: string): string {
  const pairs = readPairs(text, 'parse_urlquery');
  const names = pairs.map(({ name }) => name);
  const isPlain = pairs.every(({ name, value }) => name !== '' && value !== '');
  // Of parse_url they are known to be dropped or gathered.
  if (!isPlain || new Set(names).size < names.length) {
    throw nativeRefusal(`'parse_urlquery' of parameters that are empty or come twice`);
  }
  return bagText([['Query Parameters', sortedBag(pairs)]]);
}

interface Pair {
  readonly name: string;
  readonly value: string;
}

function readPairs(query: string, caller: string): readonly Pair[] {
  return query.split('&').map((pair) => {
    const match = /^([^=?%+]*)(?:=([^=?%+]*))?$/.exec(pair);
    if (match === null || pair === '') {
      throw nativeRefusal(
        `'${caller}' of parameters that are escaped or not of the form name=value`,
      );
    }
    return { name: match[1] ?? '', value: match[2] ?? '' };
  });
}

/** A bag in the order of its names, in which a name that comes twice has an array. */
function sortedBag(pairs: readonly Pair[]): string {
  const byName = new Map<string, string[]>();
  for (const { name, value } of pairs) byName.set(name, [...(byName.get(name) ?? []), value]);
  const names = [...byName.keys()].sort();
  const collator = new Intl.Collator('en');
  if (names.join('&') !== [...names].sort(collator.compare).join('&')) {
    throw nativeRefusal(`URL parameters whose order depends on the alphabet`);
  }
  return bagText(
    names.map((name) => {
      const values = byName.get(name) ?? [];
      return [name, JSON.stringify(values.length === 1 ? values[0] : values)] as const;
    }),
  );
}

/** Written by hand, because an object would put names that are numbers first. */
function bagText(members: readonly (readonly [name: string, json: string])[]): string {
  return `{${members.map(([name, json]) => `${JSON.stringify(name)}:${json}`).join(',')}}`;
}

/** `url_decode` of a text whose escapes are UTF-8. */
export function urlDecode(text: string): string {
  try {
    if (!text.includes('+')) return decodeURIComponent(text);
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
  }
  throw nativeRefusal(
    `'url_decode' of a text with '+' or a wrong escape`,
    'Take the plus signs out first: replace_string(Text, "+", " ").',
  );
}

/** `url_encode`: a blank becomes `+`. */
export function urlEncode(text: string): string {
  return encode(text, '+');
}

/** `url_encode_component`: a blank becomes `%20`. */
export function urlEncodeComponent(text: string): string {
  return encode(text, '%20');
}

function encode(text: string, blank: string): string {
  if (/[!*()'~]/.test(text)) {
    throw nativeRefusal(`'url_encode' of one of !*()'~`);
  }
  return encodeURIComponent(text)
    .replace(/%20/g, blank)
    .replace(/%[\dA-F]{2}/g, (escape) => escape.toLowerCase());
}
