import { unsupported } from './context';
import type { Place } from './errors';
import { functionNames, isKnownFunction } from './functions';
import { whyRefused } from './refused';

/** Other names of the same function. */
const ALIASES: Readonly<Record<string, string>> = {
  iif: 'iff',
  notempty: 'isnotempty',
  notnull: 'isnotnull',
  todynamic: 'parse_json',
  toobject: 'parse_json',
  parsejson: 'parse_json',
  toboolean: 'tobool',
  toreal: 'todouble',
  floor: 'bin',
  pack: 'bag_pack',
  array_strcat: 'strcat_array',
  getyear: 'getyear',
  getmonth: 'monthofyear',
  weekofyear: 'week_of_year',
  trimstart: 'trim_start',
  trimend: 'trim_end',
  columnifexists: 'column_ifexists',
  extractjson: 'extract_json',
  extractall: 'extract_all',
  base64_encodestring: 'base64_encode_tostring',
  base64_decodestring: 'base64_decode_tostring',
  make_string: 'unicode_codepoints_to_string',
  to_utf8: 'unicode_codepoints_from_string',
  parseurl: 'parse_url',
  parsecsv: 'parse_csv',
  pack_dictionary: 'bag_pack',
};

const WINDOW_FUNCTIONS: readonly string[] = [
  'prev',
  'next',
  'row_number',
  'row_cumsum',
  'row_rank_dense',
  'row_rank_min',
  'row_window_session',
];

/** Functions that lowering handles itself. */
const OWN_FUNCTIONS: readonly string[] = [
  'now',
  'ago',
  'ingestion_time',
  'bin_auto',
  'has_any_index',
  'bag_pack_columns',
  'column_ifexists',
  'column_names_of',
  'extract_json',
  'pack_all',
];

/** The function's own name, or KqlError KQL_UNSUPPORTED when it is not on the list. */
export function functionName(written: string, place: Place): string {
  const name = plainName(written);
  if (isKnownFunction(name) || WINDOW_FUNCTIONS.includes(name) || OWN_FUNCTIONS.includes(name)) {
    return name;
  }
  throw unsupported(`'${written}'`, place, whyRefused(written));
}

/** Every function that a query may call, by its own name; aliases are left out. */
export function supportedFunctions(): readonly string[] {
  return [...functionNames(), ...WINDOW_FUNCTIONS, ...OWN_FUNCTIONS];
}

/** A function's own name, whether or not it is supported. */
export function plainName(written: string): string {
  return ALIASES[written] ?? written;
}

/** Whether a function looks at other rows in their order. */
export function isWindowFunction(name: string): boolean {
  return WINDOW_FUNCTIONS.includes(name);
}
