import { nativeRefusal } from './native-refusal';

const URL_PARTS =
  /^([a-z][a-z\d+.-]*):\/\/(?:([^/?#@:]*)(?::([^/?#@]*))?@)?([^/?#@:[\]]+)(?::(\d+))?(\/[^?#]*)(?:\?([^#]*))?(?:#(.*))?$/i;

/** `parse_url`: the bag of an absolute URL's parts. What it gives for other texts is not known here. */
export function parseUrl(text: string): string {
  const match = URL_PARTS.exec(text);
  if (match === null) throw nativeRefusal(`'parse_url' of a text that is no plain absolute URL`);
  const [, scheme, user = '', password = '', host, port = '', path, query = '', fragment = ''] =
    match;
  return JSON.stringify({
    Scheme: scheme,
    Host: host,
    Port: port,
    Path: path,
    Username: user,
    Password: password,
    'Query Parameters': query === '' ? {} : queryParameters(query, 'parse_url'),
    Fragment: fragment,
  });
}

/** `parse_urlquery`: the bag of a query's parameters. */
export function parseUrlQuery(text: string): string {
  return JSON.stringify({ 'Query Parameters': queryParameters(text, 'parse_urlquery') });
}

function queryParameters(query: string, caller: string): Record<string, string> {
  const pairs = query.split('&').map((pair) => {
    const match = /^([^=?%+]+)=([^=?%+]*)$/.exec(pair);
    if (match === null) {
      throw nativeRefusal(
        `'${caller}' of parameters that are escaped or not of the form name=value`,
      );
    }
    return [match[1] ?? '', match[2] ?? ''] as const;
  });
  if (new Set(pairs.map(([name]) => name)).size < pairs.length) {
    throw nativeRefusal(`'${caller}' of a parameter that comes twice`);
  }
  return Object.fromEntries(pairs);
}

/** `url_decode` of a text whose escapes are UTF-8. */
export function urlDecode(text: string): string {
  try {
    if (!text.includes('+')) return decodeURIComponent(text);
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
  }
  throw nativeRefusal(`'url_decode' of a text with '+' or a wrong escape`);
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
