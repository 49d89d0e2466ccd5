import { unsupported } from './context';
import type { Place } from './errors';
import { isKnownFunction } from './functions';

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
];

/** Functions that lowering handles itself. */
const OWN_FUNCTIONS: readonly string[] = [
  'now',
  'ago',
  'ingestion_time',
  'bag_pack_columns',
  'column_ifexists',
  'column_names_of',
  'extract_json',
  'pack_all',
];

const HINTS: Readonly<Record<string, string>> = {
  cluster: 'A query reads only the tables of this archive.',
  database: 'A query reads only the tables of this archive.',
  workspace: 'A query reads only the tables of this archive.',
  app: 'A query reads only the tables of this archive.',
  adx: 'A query reads only the tables of this archive.',
  arg: 'A query reads only the tables of this archive.',
  geo_info_from_ip_address: 'There is no geography database here; leave the column out.',
  _GetWatchlist: 'Write the list into the query with datatable.',
  rand: 'A report must give the same rows again.',
  new_guid: 'A report must give the same rows again.',
};

/** The function's own name, or KqlError KQL_UNSUPPORTED when it is not on the list. */
export function functionName(written: string, place: Place): string {
  const name = ALIASES[written] ?? written;
  if (isKnownFunction(name) || WINDOW_FUNCTIONS.includes(name) || OWN_FUNCTIONS.includes(name)) {
    return name;
  }
  throw unsupported(`'${written}'`, place, HINTS[written]);
}

export function isWindowFunction(name: string): boolean {
  return WINDOW_FUNCTIONS.includes(name);
}
