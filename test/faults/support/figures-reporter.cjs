// Prints what the fault suites counted, and holds docs/reliability.md to it.
const { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');

const PAGE = join(__dirname, '../../../docs/reliability.md');
const [BEGIN, END] = [
  '<!-- figures: written by npm run test:faults -->\n',
  '<!-- end of figures -->',
];
/** Signatures vary in length, and so does the number of bytes that can be damaged. */
const TOLERANCE = 0.1;

class FiguresReporter {
  #failed;

  onRunStart() {
    const folder = process.env.TALLYMAN_FAULT_FIGURES;
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
  }

  onRunComplete(_contexts, results) {
    const folder = process.env.TALLYMAN_FAULT_FIGURES;
    const figures = readdirSync(folder)
      .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')))
      .sort((a, b) => (a.test < b.test ? -1 : 1));
    rmSync(folder, { recursive: true, force: true });
    const table = tableOf(figures);
    console.log(`\n${table}`);
    const suites = readdirSync(join(__dirname, '..')).filter((name) => name.endsWith('.test.ts'));
    // `results.success` is not settled before this is called.
    const isWhole =
      results.numTotalTestSuites === suites.length &&
      results.numFailedTestSuites === 0 &&
      results.numPassedTests === results.numTotalTests;
    if (isWhole && process.env.TALLYMAN_FAULTS_STRIDE === undefined) {
      this.#comparePage(table);
    }
  }

  getLastError() {
    return this.#failed;
  }

  #comparePage(table) {
    const page = readFileSync(PAGE, 'utf8');
    const [before, rest = ''] = page.split(BEGIN);
    const [written = '', after = ''] = rest.split(END);
    if (process.env.UPDATE_DOCS === '1') {
      writeFileSync(PAGE, `${before}${BEGIN}\n${table}\n${END}${after}`);
    } else if (written.trim() === '') {
      console.log('docs/reliability.md has no figures yet: UPDATE_DOCS=1 npm run test:faults');
    } else if (!saysTheSame(written, table)) {
      this.#failed = new Error(
        'docs/reliability.md has other figures. Write them: UPDATE_DOCS=1 npm run test:faults',
      );
    }
  }
}

/** A table in Markdown, as Prettier would align it. */
function tableOf(figures) {
  const rows = [
    ['test', 'cases', 'bar', 'result'],
    ...figures.map(({ test, cases, bar, result }) => [
      test,
      cases.toLocaleString('en-US'),
      bar,
      result,
    ]),
  ];
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => row[i].length), 3));
  const line = (cells) => `| ${cells.map((cell, i) => cell.padEnd(widths[i])).join(' | ')} |\n`;
  const rule = line(widths.map((width) => '-'.repeat(width)));
  const [header, ...body] = rows.map(line);
  return `${header}${rule}${body.join('')}`;
}

/** The same words, and numbers that differ by little. */
function saysTheSame(written, printed) {
  const partsOf = (text) =>
    text
      .replace(/[ -]+/g, ' ')
      .trim()
      .split(/(\d[\d,]*)/);
  const [a, b] = [partsOf(written), partsOf(printed)];
  return (
    a.length === b.length &&
    a.every((part, i) => {
      if (i % 2 === 0) return part === b[i];
      const [x, y] = [part, b[i]].map((text) => Number(text.replaceAll(',', '')));
      return Math.abs(x - y) <= TOLERANCE * Math.max(x, y);
    })
  );
}

module.exports = FiguresReporter;
