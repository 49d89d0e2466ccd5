import fc from 'fast-check';
import { visible, visibleLines } from '../../src/render/visible';

describe('visible', () => {
  it('leaves ordinary text of any script as it is', () => {
    const text = 'payments/api:1.8.2 – 한국어 العربية 日本語 देवनागरी é \u{1F680} “quoted” #1 100%';
    expect(visible(text)).toBe(text);
  });

  it.each([
    ['NUL', '\u0000', '<U+0000>'],
    ['escape', '\u001B[31m', '<U+001B>[31m'],
    ['line feed', '\n', '<U+000A>'],
    ['C1 control', '\u009B', '<U+009B>'],
    ['soft hyphen', '\u00AD', '<U+00AD>'],
    ['zero-width space', '\u200B', '<U+200B>'],
    ['right-to-left override', '\u202E', '<U+202E>'],
    ['isolate', '\u2066', '<U+2066>'],
    ['line separator', '\u2028', '<U+2028>'],
    ['byte order mark', '\uFEFF', '<U+FEFF>'],
    ['lone high surrogate', '\uD800', '<U+D800>'],
    ['lone low surrogate', '\uDC00', '<U+DC00>'],
    ['variation selector', '\uFE0F', '<U+FE0F>'],
    ['tag character', '\u{E0041}', '<U+E0041>'],
    ['private use', '\uE000', '<U+E000>'],
    ['noncharacter', '\uFFFF', '<U+FFFF>'],
    ['Hangul filler', '\u3164', '<U+3164>'],
  ])('shows a %s as its code point', (_, character, shown) => {
    expect(visible(`a${character}b`)).toBe(`a${shown}b`);
  });

  it('keeps three marks on a letter and shows the rest as code points', () => {
    expect(visible('e\u0301\u0301\u0301\u0301')).toBe('e\u0301\u0301\u0301<U+0301>');
  });

  it('cuts a long text and says how many characters are left out', () => {
    expect(visible('x'.repeat(5_000))).toBe(`${'x'.repeat(4_000)}… (+1000 characters)`);
    expect(visible('abcd'.repeat(10), 4)).toBe('abcd… (+36 characters)');
  });

  it('cuts nothing that takes no more room than to say so', () => {
    expect(visible('abcde', 4)).toBe('abcde');
    expect(visible('x'.repeat(19), 0)).toHaveLength(19);
    expect(visible('x'.repeat(20), 0)).toBe('… (+20 characters)');
  });

  it('never cuts a character in half', () => {
    expect(visible(`abc${'\u{1F680}'.repeat(20)}`, 4)).toBe('abc… (+20 characters)');
  });

  it('counts a code point that it shows by its length, so that the result stays short', () => {
    expect(visible('\u0000'.repeat(1_000_000), 80).length).toBeLessThan(110);
  });

  it('is well-formed, without hidden characters and stable when applied again, whatever comes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const shown = visible(text);
        expect(Buffer.from(shown, 'utf8').toString('utf8')).toBe(shown);
        expect(shown).not.toMatch(/[\p{Cc}\p{Cs}\p{Co}\u202A-\u202E\u2066-\u2069\u200B-\u200F]/u);
        expect(visible(shown)).toBe(shown);
      }),
    );
  });
});

describe('visibleLines', () => {
  it('keeps lines and indentation and shows everything else that is hidden', () => {
    expect(visibleLines('T\n\t| where x\r\n| take 1\u202E')).toEqual([
      'T',
      '  | where x',
      '| take 1<U+202E>',
    ]);
  });
});
