import { readFileSync } from 'node:fs';
import { reportError, tameJson } from '../../src/cli/output';
import { TallymanError } from '../../src/core/errors';

function said(error: unknown): { code: number; text: string } {
  const lines: string[] = [];
  const write = jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
    lines.push(String(text));
    return true;
  });
  const code = reportError(error, false);
  write.mockRestore();
  return { code, text: lines.join('') };
}

it('tells where a mistake in the program is, line by line, and makes the rest visible', () => {
  const { code, text } = said(new TypeError('no such thing: \u202E'));
  expect(code).toBe(2);
  expect(text).toMatch(
    /^tallyman: a mistake in the program: TypeError: no such thing: <U\+202E>\n +at /,
  );
  expect(text).not.toContain('<U+000A>');
});

it('tells what the system refused without the program’s inside', () => {
  let refused: unknown;
  try {
    readFileSync('/nowhere/at/all');
  } catch (error) {
    refused = error;
  }
  expect(said(refused)).toEqual({
    code: 2,
    text: expect.stringMatching(/^tallyman: The system could not do something: ENOENT.*\n.*\n$/),
  });
});

it('tells what is asked wrongly with what to do', () => {
  const error = new TallymanError('CATALOG_INVALID', 'The view loses rows.', { hint: 'Mend it.' });
  expect(said(error)).toEqual({
    code: 64,
    text: 'tallyman: The view loses rows. [CATALOG_INVALID]\n  Mend it.\n',
  });
});

it('tells a cause line by line, with what to do about it', () => {
  const cause = new TallymanError('LOGS_UNREACHABLE', 'No token.\nNo login.', { hint: 'Log in.' });
  expect(said(new TallymanError('RUNS_FAILED', 'One failed.', { cause })).text).toBe(
    'tallyman: One failed. [RUNS_FAILED]\n  Cause: No token.\n    No login.\n    Log in.\n',
  );
});

it('gives JSON of the same value that a terminal does not obey', () => {
  const value = { 'x\u009b': 'a\u009b31m \u202Egnp.exe\u200B 한글 é "\\u202e"', y: ['\u001b[31m'] };
  const json = tameJson(JSON.stringify(value, null, 2));
  expect(JSON.parse(json)).toEqual(value);
  expect(json).not.toMatch(/[\u007f-\u009f\u200b\u202e]/);
  expect(json).toContain('한글 é');
});
