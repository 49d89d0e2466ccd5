import { DuckDBScalarFunction, VARCHAR, type DuckDBConnection } from '@duckdb/node-api';
import { formatIpv6, ipv6Compare, ipv6InRange } from './native-ipv6';
import { canonicalJson } from './native-json';
import { parseUrl, parseUrlQuery, urlDecode, urlEncode, urlEncodeComponent } from './native-url';
import { cidrList } from './native-ipv4';
import {
  punycodeDecode,
  punycodeDomainDecode,
  punycodeDomainEncode,
  punycodeEncode,
} from './native-punycode';
import { parseCommandLine, parseCsv, parsePath, parseTimespan } from './native-text';
import { base64Bytes, base64Text, unzip } from './native-base64';
import { xxHash64 } from './native-hash';
import { parseUserAgent } from './native-user-agent';
import { SERIES_FUNCTIONS } from './native-series';
import { SHAPE_FUNCTIONS } from './native-series-shape';
import { STATISTICS_FUNCTIONS } from './native-statistics';

/**
 * Functions whose meaning SQL cannot say in a few words, written here and called from SQL by name.
 * They cost some microseconds per row, so what audits do to every row stays in SQL. All take and give
 * texts; a null argument gives null without a call.
 */
export type NativeFunction = (...args: string[]) => string | null;

const NATIVE_FUNCTIONS: Readonly<Record<string, NativeFunction>> = {
  kql_base64_bytes: base64Bytes,
  kql_base64_text: base64Text,
  kql_canonical_json: canonicalJson,
  kql_cidr_list: cidrList,
  kql_format_ipv6: formatIpv6,
  kql_ipv6_compare: ipv6Compare,
  kql_ipv6_in_range: ipv6InRange,
  kql_parse_command_line: parseCommandLine,
  kql_parse_csv: parseCsv,
  kql_parse_path: parsePath,
  kql_parse_timespan: parseTimespan,
  kql_parse_url: parseUrl,
  kql_parse_urlquery: parseUrlQuery,
  kql_parse_user_agent: parseUserAgent,
  kql_punycode_decode: punycodeDecode,
  kql_punycode_domain_decode: punycodeDomainDecode,
  kql_punycode_domain_encode: punycodeDomainEncode,
  kql_punycode_encode: punycodeEncode,
  kql_unzip: unzip,
  kql_url_decode: urlDecode,
  kql_url_encode: urlEncode,
  kql_url_encode_component: urlEncodeComponent,
  kql_xxhash64: xxHash64,
  ...prefixed(SERIES_FUNCTIONS),
  ...prefixed(SHAPE_FUNCTIONS),
  ...prefixed(STATISTICS_FUNCTIONS),
};

/** Functions under the names that they have in SQL. */
function prefixed(
  functions: Readonly<Record<string, NativeFunction>>,
): Readonly<Record<string, NativeFunction>> {
  return Object.fromEntries(Object.entries(functions).map(([name, call]) => [`kql_${name}`, call]));
}

/** Makes the functions known to a connection's database, for all its connections. */
export function registerNativeFunctions(connection: DuckDBConnection): void {
  for (const [name, call] of Object.entries(NATIVE_FUNCTIONS)) {
    connection.registerScalarFunction(
      DuckDBScalarFunction.create({
        name,
        returnType: VARCHAR,
        parameterTypes: Array.from({ length: call.length }, () => VARCHAR),
        mainFunction: (_, input, output) => {
          const columns = input.getColumns() as (string | null)[][];
          for (let row = 0; row < input.rowCount; row += 1) {
            const args = columns.map((column) => column[row] ?? null);
            output.setItem(row, args.includes(null) ? null : call(...(args as string[])));
          }
          output.flush();
        },
      }),
    );
  }
}
