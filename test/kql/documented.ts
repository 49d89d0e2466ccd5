import type { Supported } from '../../src/kql/supported';

/**
 * What is supported although no recorded answer of the real engine has it, mostly because a recorded
 * answer would change with the time or the run: what Microsoft's documentation says of it, in our words.
 * The tests in this folder check that it is so.
 */
export const DOCUMENTED: Readonly<Record<keyof Supported, Readonly<Record<string, string>>>> = {
  tabular: {
    invoke: 'Calls a function that the query defines with the rows so far as its first argument.',
    'parse-where': 'As parse, without the rows that do not match.',
    'project-keep': 'Keeps the named columns, in the order that they had.',
    render: 'Says how a portal draws the answer; the rows stay as they are.',
    take: 'Any rows, up to a number of them; marked as approximate.',
  },
  plugins: {
    narrow:
      'A row for each cell, with the row’s number from 0, the column’s name and the cell’s text.',
    pivot: 'Each value of a column becomes a column; a cell counts, or aggregates, its rows.',
  },
  aggregates: {
    binary_all_and: 'Bitwise and of all values.',
    binary_all_or: 'Bitwise or of all values.',
    binary_all_xor: 'Bitwise exclusive or of all values.',
    count_distinct: 'The exact number of different values; nulls are ignored.',
    count_distinctif: 'As count_distinct, of the rows for which a condition is true.',
    make_bag_if: 'As make_bag, of the rows for which a condition is true.',
    percentilew: 'As percentilesw, for one rank.',
    percentiles_array: 'As percentiles, with the values in one array.',
    take_any: 'The values of any row; marked as approximate.',
    take_anyif: 'A value of any row for which a condition is true; marked as approximate.',
  },
  operators: {
    endswith_cs: 'As endswith, and case matters.',
    has_all: 'Whether each of the texts is found as has would find it.',
    has_any: 'Whether one of the texts is found as has would find it.',
    hasprefix_cs: 'As hasprefix, and case matters.',
    hassuffix_cs: 'As hassuffix, and case matters.',
  },
  functions: {
    acos: 'The angle whose cosine is a number, in radians.',
    asin: 'The angle whose sine is a number, in radians.',
    atan: 'The angle whose tangent is a number, in radians.',
    binary_not: 'Each bit of a long turned.',
    binary_shift_left: 'The bits of a long moved to the left.',
    binary_shift_right: 'The bits of a long moved to the right.',
    binary_xor: 'Bitwise exclusive or of two longs.',
    column_ifexists: 'The column of that name, or else the other value.',
    repeat: 'An array of one value, that many times.',
    translate: 'Each of some characters replaced by the one at the same place of a second list.',
    ago: 'The moment of the question less a timespan; the moment is recorded with a report.',
    hash_sha256: 'SHA-256 of a text, as hexadecimal text.',
    ingestion_time: 'When a record was received, which is the column _TimeReceived.',
    ipv4_is_in_range: 'Whether an address lies in a range in CIDR notation.',
    ipv4_is_private: 'Whether an address is in a range of RFC 1918; null for what is no address.',
    not: 'The negation of a bool.',
    now: 'The moment of the question, the same everywhere in it; it is recorded with a report.',
    series_fir: 'A finite impulse response filter; normalized unless a coefficient is negative.',
    series_fit_line_dynamic: 'The straight line of least squares, as a bag.',
  },
};
