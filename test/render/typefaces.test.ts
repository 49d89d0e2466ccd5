import { ArchivalDocument } from '../../src/render/pdf/archival-document';
import { fontBytes, fontForText } from '../../src/render/pdf/font-files';
import { Typefaces } from '../../src/render/pdf/typefaces';

function typefaces(): Typefaces {
  const created = new Date('2026-11-21T22:00:03.120Z');
  return new Typefaces(
    new ArchivalDocument({ title: 't', created, language: 'en', tagged: false }),
  );
}

describe('text that runs from right to left', () => {
  it('has its Arabic letters joined, in pieces from left to right', () => {
    const pieces = typefaces().shape('بب/ب', 'regular', 'rtl');
    expect(pieces.map(({ font, text }) => ({ font, text }))).toEqual([
      { font: 'arabic', text: 'ب' },
      { font: 'regular', text: '/' },
      { font: 'arabic', text: 'بب' },
    ]);
    const [alone, , joined] = pieces.map(({ width }) => width);
    expect(joined).toBeLessThan(2 * alone!);
  });

  it('turns round what needs no shaping, brackets and slashes, and keeps the order in which it is read', () => {
    const faces = typefaces();
    const [turned, ...more] = faces.shape('/-(', 'regular', 'rtl');
    const [straight] = faces.shape('(-/', 'regular', 'ltr');
    expect(more).toEqual([]);
    expect(turned).toEqual({ ...straight, text: '/-(' });
  });
});

describe('a font file', () => {
  it('is opened without the names of its glyphs, and is otherwise as it was', () => {
    const [whole, opened] = [fontBytes('mono'), fontForText('mono')];
    const changed = [...whole.keys()].filter((at) => whole[at] !== opened[at]);
    expect(opened).toHaveLength(whole.length);
    expect(changed).toHaveLength(1);
    expect([whole[changed[0]!], opened[changed[0]!]]).toEqual([2, 3]);
  });
});
