import { TEXT } from './argument-types';
import { USER_AGENT_PARTS } from './native-user-agent';
import {
  argAt,
  constantArray,
  constantInteger,
  constantText,
  expectType,
  ofTexts,
  unary,
  type Arg,
  type CallSite,
  type FunctionRule,
  type FunctionRules,
} from './sql-function';
import { refuseAtRunTime, sqlText, toTextSql } from './sql-text';

const BASE64 = `'([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?'`;

/** Functions between texts and other ways to write them: base64, URLs, hashes, code points, parts of paths. */
export const ENCODING_RULES: FunctionRules = {
  base64_encode_tostring: unary(TEXT, (x) => `to_base64(encode(${x}))`),
  base64_decode_tostring: unary(TEXT, (x) => `kql_base64_text(${x})`),
  base64_decode_toarray: unary(TEXT, (x) => `kql_base64_bytes(${x})`),
  base64_decode_toguid: unary(TEXT, guidOfBase64, true),
  base64_encode_fromguid: unary(
    ['guid'],
    (x) => `to_base64(unhex(${swapped(plainGuid(x))}))`,
    true,
  ),
  base64_encode_fromarray: unary(['dynamic'], base64OfArray, true),
  gzip_decompress_from_base64_string: unary(TEXT, (x) => `kql_unzip(${x}, 'gzip')`),
  zlib_decompress_from_base64_string: unary(TEXT, (x) => `kql_unzip(${x}, 'zlib')`),
  url_encode: unary(TEXT, (x) => `kql_url_encode(${x})`),
  url_encode_component: unary(TEXT, (x) => `kql_url_encode_component(${x})`),
  url_decode: unary(TEXT, (x) => `kql_url_decode(${x})`),
  parse_url: unary(TEXT, (x) => `kql_parse_url(${x})`),
  parse_urlquery: unary(TEXT, (x) => `kql_parse_urlquery(${x})`),
  parse_csv: unary(TEXT, (x) => `kql_parse_csv(${x})`),
  parse_path: unary(TEXT, (x) => `kql_parse_path(${x})`),
  parse_command_line: {
    args: [2, 2],
    sql: (args, call) => {
      if (constantText(args, 1, call).toLowerCase() !== 'windows') {
        throw call.refuse(`'parse_command_line' of this kind`);
      }
      return `kql_parse_command_line(${expectType(argAt(args, 0), TEXT, call)})`;
    },
  },
  parse_user_agent: {
    args: [2, 2],
    sql: (args, call) => {
      const text = expectType(argAt(args, 0), TEXT, call);
      return `kql_parse_user_agent(${text}, ${sqlText(userAgentParts(args[1], call))})`;
    },
  },
  parse_version: unary(TEXT, versionNumber, true),
  punycode_from_string: unary(TEXT, (x) => `kql_punycode_encode(${x})`),
  punycode_to_string: unary(TEXT, (x) => `kql_punycode_decode(${x})`),
  punycode_domain_to_string: unary(TEXT, (x) => `kql_punycode_domain_encode(${x})`),
  punycode_domain_from_string: unary(TEXT, (x) => `kql_punycode_domain_decode(${x})`),
  hash_sha256: hash('sha256'),
  hash_sha1: hash('sha1'),
  hash_md5: hash('md5'),
  hash: { args: [1, 2], repeats: true, sql: xxHash },
  hash_xxhash64: { args: [1, 2], repeats: true, sql: xxHash },
  toguid: { args: [1, 1], repeats: true, sql: toGuid },
  unicode_codepoints_from_string: unary(
    TEXT,
    (x) =>
      `CAST(to_json(list_transform(regexp_extract_all(${x}, '(?s).'), lambda c: unicode(c))) AS VARCHAR)`,
  ),
  unicode_codepoints_to_string: { args: [1, 64], sql: textOfCodePoints },
  isascii: unary(TEXT, (x) => `regexp_full_match(${x}, '[\\x00-\\x7f]*')`),
  // A text that is no UTF-8 cannot be in the store.
  isutf8: unary(TEXT, (x) => `(${x} IS NOT NULL)`),
  regex_quote: ofTexts(
    [1, 1],
    (x) =>
      `CASE WHEN regexp_full_match(${x}, '[\\w().$^*+?|\\[\\]{}\\\\]*') THEN regexp_replace(${x}, '([().$^*+?|\\[\\]{}\\\\])', '\\\\\\1', 'g') ELSE ${refuseAtRunTime(`'regex_quote' of such signs`)} END`,
    true,
  ),
};

/** The 32 digits of a GUID with its first three groups byte by byte backwards, as GUIDs lie in memory, or back. */
function swapped(digits: string): string {
  const order = [7, 5, 3, 1, 11, 9, 15, 13];
  return `(${order.map((at) => `substr(${digits}, ${at}, 2)`).join(' || ')} || substr(${digits}, 17))`;
}

function plainGuid(guid: string): string {
  return `replace(${guid}, '-', '')`;
}

function dashed(digits: string): string {
  return `regexp_replace(${digits}, '^(.{8})(.{4})(.{4})(.{4})(.{12})$', '\\1-\\2-\\3-\\4-\\5')`;
}

function guidOfBase64(text: string): string {
  const digits = `lower(hex(from_base64(${text})))`;
  return `CASE WHEN length(${text}) = 24 AND ends_with(${text}, '==') AND regexp_full_match(${text}, ${BASE64}) THEN ${dashed(swapped(digits))} END`;
}

/** Bytes that are no UTF-8 give nothing, as do values that are no bytes. */
function base64OfArray(array: string): string {
  const bytes = `CAST(${array} AS INTEGER[])`;
  const digits = `array_to_string(list_transform(${bytes}, lambda b: printf('%02x', b)), '')`;
  const isBytes = `json_type(${array}) = 'ARRAY' AND regexp_full_match(${array}, '\\[\\s*((25[0-5]|2[0-4]\\d|1?\\d?\\d)\\s*,?\\s*)*\\]')`;
  const refusal = refuseAtRunTime(`'base64_encode_fromarray' of this array`);
  return `CASE WHEN ${isBytes} THEN CASE WHEN TRY(decode(unhex(${digits}))) IS NOT NULL THEN to_base64(unhex(${digits})) ELSE '' END WHEN ${array} IS NOT NULL THEN ${refusal} END`;
}

/** The parts of a user agent that are wanted, one or several of them in their order. */
function userAgentParts(arg: Arg | undefined, call: CallSite): string {
  const known = Object.keys(USER_AGENT_PARTS);
  const given = arg?.type === 'string' ? [arg.literal?.value] : (constantArray(arg) ?? []);
  const inOrder = known.filter((part) => given.includes(part));
  const isKnown = given.length === inOrder.length && given.every((part, i) => part === inOrder[i]);
  if (isKnown && inOrder.length > 0) return inOrder.join(',');
  const hint =
    'Write "browser", "os", "device", or several of them in this order, dynamic(["browser", "os"]).';
  throw call.refuse(`'parse_user_agent' for what is none of its parts`, hint);
}

function versionNumber(text: string): string {
  const part = (i: number): string =>
    `lpad(coalesce(nullif(split_part(${text}, '.', ${i}), ''), '0'), 8, '0')`;
  const digits = [1, 2, 3, 4].map(part).join(' || ');
  return `CASE WHEN regexp_full_match(${text}, '\\d{1,8}(\\.\\d{1,8}){0,3}') THEN CAST(${digits} AS DECIMAL(38,0)) END`;
}

function hash(name: string): FunctionRule {
  return {
    args: [1, 1],
    repeats: true,
    sql: (args, call) => {
      expectType(argAt(args, 0), ['string', 'datetime', 'int', 'long'], call);
      // Kusto gives nothing for nothing.
      const text = toTextSql(argAt(args, 0));
      return `CASE WHEN ${text} = '' THEN '' ELSE ${name}(${text}) END`;
    },
  };
}

/** xxHash64 of a text's bytes or of a datetime's ticks; with a second argument its rest modulo that. */
function xxHash(args: readonly Arg[], call: CallSite): string {
  const value = argAt(args, 0);
  expectType(value, ['string', 'datetime'], call);
  const kind = value.type === 'string' ? 'text' : 'ticks';
  const empty = refuseAtRunTime(`'${call.name}' of an empty text`);
  const known = `CASE WHEN CAST(${value.sql} AS VARCHAR) = '' THEN ${empty} ELSE CAST(${value.sql} AS VARCHAR) END`;
  const hashed = `CAST(kql_xxhash64(${known}, '${kind}') AS BIGINT)`;
  if (args[1] === undefined) return hashed;
  const size = constantInteger(args, 1, call);
  if (size < 1) throw call.refuse(`'${call.name}' modulo ${size}`);
  const refusal = refuseAtRunTime(
    `'${call.name}' of a text with a negative hash, modulo a number,`,
  );
  return `list_transform([${hashed}], lambda h: CASE WHEN h < 0 THEN ${refusal} ELSE h % ${size} END)[1]`;
}

function toGuid(args: readonly Arg[], call: CallSite): string {
  const arg = argAt(args, 0);
  if (arg.type === 'guid') return arg.sql;
  const text = expectType(arg, TEXT, call);
  const digits = `lower(${plainGuid(text)})`;
  const hex = (count: number): string => `[0-9a-fA-F]{${count}}`;
  const known = `'${hex(8)}(-?${hex(4)}){3}-?${hex(12)}'`;
  const dashes = `regexp_full_match(${text}, ${known}) AND length(${text}) IN (32, 35, 36)`;
  const looksLike = `regexp_full_match(${digits}, '.*${hex(32)}.*')`;
  return `CASE WHEN ${dashes} THEN ${dashed(digits)} WHEN ${looksLike} THEN ${refuseAtRunTime(`'toguid' of this text`)} END`;
}

/** Numbers and arrays of numbers, one after the other. */
function textOfCodePoints(args: readonly Arg[], call: CallSite): string {
  const parts = args.map((arg) => {
    if (arg.type === 'dynamic') {
      return `coalesce(array_to_string(list_transform(CAST(${arg.sql} AS INTEGER[]), lambda c: chr(c)), ''), '')`;
    }
    return `coalesce(chr(CAST(${expectType(arg, ['int', 'long'], call)} AS INTEGER)), '')`;
  });
  return `(${parts.join(' || ')})`;
}
