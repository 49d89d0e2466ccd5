import fc from 'fast-check';
import { sha256, stableJson } from '../../src/core/digest';

describe('stableJson', () => {
  it('gives equal bytes whatever the order of keys', () => {
    expect(stableJson({ b: 1, a: [{ d: 2, c: undefined }] })).toBe(
      stableJson({ a: [{ d: 2 }], b: 1 }),
    );
  });

  it('puts keys in code-unit order after those that are array indices', () => {
    const value = { b: 1, B: 2, '10': 3, '9': 4, '09': 5 };
    expect(Object.keys(JSON.parse(stableJson(value)) as object)).toEqual([
      '9',
      '10',
      '09',
      'B',
      'b',
    ]);
    expect(stableJson(value)).toMatch(/"9".*"10".*"09".*"B".*"b"/s);
  });

  it('keeps every JSON value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const normal: unknown = JSON.parse(JSON.stringify(value));
        expect(JSON.parse(stableJson(value))).toEqual(normal);
      }),
    );
  });
});

describe('sha256', () => {
  it('is that of the UTF-8 bytes', () => {
    expect(sha256('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    expect(sha256('é')).toBe(sha256(Buffer.from('é', 'utf8')));
  });
});
