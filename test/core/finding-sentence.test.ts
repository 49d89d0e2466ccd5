import { columnsIn, fillSentence, withoutColumns } from '../../src/core/finding-sentence';

const fill = (sentence: string, values: Readonly<Record<string, string>>) =>
  fillSentence(sentence, (name) => values[name], '(none)');

describe('the sentence of a finding', () => {
  it('puts values in place of columns, and says of a missing one that there is none', () => {
    expect(fill('{{Who}} deleted {{What}}.', { Who: 'jane' })).toBe('jane deleted (none).');
  });

  it('leaves out an optional part whose value is missing, and keeps the others', () => {
    const sentence = '{{Who}} deleted {{Repo}}[[:{{Tag}}]][[@{{Digest}}]].';
    expect(fill(sentence, { Who: 'jane', Repo: 'web' })).toBe('jane deleted web.');
    expect(fill(sentence, { Who: 'jane', Repo: 'web', Digest: 'sha256:1' })).toBe(
      'jane deleted web@sha256:1.',
    );
  });

  it('says the word after a number for one or for others', () => {
    const sentence = '{{Who}} made {{N|push|pushes}}.';
    expect(fill(sentence, { Who: 'jane', N: '1' })).toBe('jane made 1 push.');
    expect(fill(sentence, { Who: 'jane', N: '0' })).toBe('jane made 0 pushes.');
    expect(fill(sentence, { Who: 'jane', N: '11' })).toBe('jane made 11 pushes.');
    expect(fill(sentence, { Who: 'jane' })).toBe('jane made (none) pushes.');
    expect(columnsIn(sentence)).toEqual(['N', 'Who']);
    expect(withoutColumns('{{N|push}} {{N|a|b|c}} {{N|a|b}}')).toBe('{{N|push}} {{N|a|b|c}} ');
  });

  it('takes what a log says for text, whatever it looks like', () => {
    expect(fill('{{A|login|logins}}[[; {{B|try|tries}} failed]]', { A: '1', B: '0' })).toBe(
      '1 login',
    );
    expect(fill('{{A|login|logins}}[[; {{B|try|tries}} failed]]', { A: '2', B: '1' })).toBe(
      '2 logins; 1 try failed',
    );
    expect(fill('{{A}} and[[ {{B}}]]', { A: '{{B}} [[{{B}}]] $& $1', B: '[[x]]' })).toBe(
      '{{B}} [[{{B}}]] $& $1 and [[x]]',
    );
  });

  it('names its columns, and what is wrong in it', () => {
    expect(columnsIn('{{B}}[[ of {{A}}]] {{B}}')).toEqual(['A', 'B']);
    expect(withoutColumns('{{B}}[[ of {{A}}]] {{ C }} [[D]]')).toBe(' of  {{ C }} [[D]]');
  });
});
