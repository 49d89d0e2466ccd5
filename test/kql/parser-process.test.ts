import { execFile } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ParserProcess, type ParserLimits } from '../../src/kql/parser-process';

const NOW = '2026-01-01T00:00:00.000Z';
const COMPILE = join(__dirname, 'compile-and-tell.ts');

function translate(parser: ParserProcess, text: string, schema = '{}') {
  return parser.ask({ name: 'translate', text, schema, versions: {}, now: NOW });
}

describe('the parser in a process of its own', () => {
  const parsers: ParserProcess[] = [];
  const open = (limits?: ParserLimits): ParserProcess => {
    const parser = new ParserProcess(limits);
    parsers.push(parser);
    return parser;
  };
  /** Starting one takes longer than most tests. */
  const ordinary = open();
  afterAll(() => {
    for (const parser of parsers) parser.close();
  });

  it('translates, and tells what is wrong and where', async () => {
    const schema = '{"Logs":[{"name":"Size","type":"long"}]}';
    await expect(translate(ordinary, 'Logs | sort by Size', schema)).resolves.toMatchObject({
      columns: [{ name: 'Size', type: 'long' }],
      tables: ['Logs'],
      orderDefined: true,
    });
    await expect(translate(ordinary, 'Logs\n| where Sise > 1', schema)).rejects.toMatchObject({
      code: 'KQL_SEMANTIC',
      line: 2,
      column: 9,
      hint: "Did you mean 'Size'?",
    });
  });

  it('answers many at once, each with its own', async () => {
    const numbers = Array.from({ length: 20 }, (_, i) => i);
    const compiled = await Promise.all(
      numbers.map((n) => translate(ordinary, `print x${n} = ${n}`)),
    );
    expect(compiled.map(({ columns }) => columns[0]?.name)).toEqual(numbers.map((n) => `x${n}`));
  });

  it('is ended by a query that takes too long, and the next one gets another', async () => {
    // Starting alone takes longer.
    const hurried = open({ seconds: 0.01 });
    await expect(translate(hurried, 'print 1')).rejects.toMatchObject({
      code: 'KQL_LIMIT',
      message: 'the query took longer than 0.01 s to parse',
    });
    await expect(translate(hurried, 'print 1')).rejects.toMatchObject({ code: 'KQL_LIMIT' });
  });

  it('may run out of memory without taking the program with it', async () => {
    // The language service alone needs more.
    await expect(translate(open({ heapMb: 16 }), 'print 1')).rejects.toMatchObject({
      code: 'KQL_LIMIT',
      message: expect.stringContaining('memory') as string,
    });
  });

  it('is started again when it was ended from outside or had rested', async () => {
    const parser = open({ idleSeconds: 0.1 });
    await translate(parser, 'print 1');
    await new Promise((resolve) => setTimeout(resolve, 400));
    await expect(translate(parser, 'print 2')).resolves.toMatchObject({ tables: [] });
  });

  it('says of a mistake in the engine that it is one', async () => {
    await expect(translate(ordinary, 'T', '{"T":[null]}')).rejects.toMatchObject({
      code: 'KQL_INTERNAL',
      hint: 'This is a mistake in the engine, not in the query; please report it.',
    });
  });
});

describe('the program that asks the parser', () => {
  const compile = async (folder: string): Promise<unknown> => {
    const { stdout } = await promisify(execFile)(process.execPath, [COMPILE, folder, NOW]);
    return JSON.parse(stdout);
  };

  it('has none of the language service in it, ends by itself, and needs no parser for what is known', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tallyman-parser-'));
    const columns = ['print_0'];
    expect(await compile(folder)).toEqual({ columns, globals: [], parsers: 1, loaded: [] });
    expect(await compile(folder)).toEqual({ columns, globals: [], parsers: 0, loaded: [] });
  });
});
