import type { CallSite } from './sql-function';
import { sqlText } from './sql-text';

/**
 * Kusto's classes know all of Unicode, RE2's know ASCII only. What stands here goes into a bracket.
 * (The documentation calls Kusto's syntax RE2; its engine answers `'\u00a0' matches regex @"\s"` with true.)
 */
const CLASSES: Readonly<Record<string, string>> = {
  d: '\\p{Nd}',
  s: '\\s\\x0b\\x{85}\\p{Z}',
  w: '\\p{L}\\p{M}\\p{Nd}\\p{Nl}\\p{Pc}',
};

/** SQL of a constant pattern in DuckDB's RE2. Refuses what the two read differently. */
export function regexSql(pattern: string, call: CallSite): string {
  return sqlText(regexText(pattern, (what, hint) => call.refuse(what, hint)));
}

/** The same as text; `refuse` makes the error for what cannot be translated. */
export function regexText(pattern: string, refuse: (what: string, hint?: string) => Error): string {
  let inBracket = false;
  const translated = pattern.replace(
    /\\([^])|\[:\^?\w+:\]|\[\^?\]?|\]|&&|--|~~|\(\?<(?=[A-Za-z_])/g,
    (token, escaped: string | undefined) => {
      if (escaped === undefined) {
        // Both spellings name a group; RE2 knows one.
        if (token === '(?<') return inBracket ? token : '(?P<';
        if (/^(&&|--|~~)$/.test(token) || (inBracket && token.startsWith('['))) {
          // Within a bracket Kusto's engine computes with sets, which RE2 reads as letters.
          if (inBracket && !token.startsWith('[:')) throw refuse(`'${token}' within a bracket`);
          return token;
        }
        inBracket = token !== ']';
        return token;
      }
      const members = CLASSES[escaped.toLowerCase()];
      if (members !== undefined && /[dsw]/.test(escaped))
        return inBracket ? members : `[${members}]`;
      if (members !== undefined && !inBracket) return `[^${members}]`;
      if (members !== undefined || /[bBCQEGhHkKRXZ<>]/.test(escaped)) {
        throw refuse(`'\\${escaped}' in a pattern`);
      }
      return token;
    },
  );
  if (/\(\?(?![:PimsU-])/.test(translated)) {
    const hint = 'Kusto’s patterns cannot look around either; write two conditions.';
    throw refuse(`'(?' of this kind in a pattern`, hint);
  }
  return translated;
}
