require('./register-typescript.cjs');
const { TestEnvironment } = require('jest-environment-node');
const { ParserProcess } = require('../../src/kql/parser-process.ts');
const { toTrouble } = require('../../src/kql/parser-messages.ts');

/** Lives as long as jest's own process: starting one takes three seconds, longer than most suites. */
const parser = new ParserProcess({ idleSeconds: 300 });

function askSharedParser(call) {
  return parser.ask(call).then(
    (value) => ({ value }),
    (error) => ({ error: toTrouble(error) }),
  );
}

/** Node, and the parser that all suites of a jest process have in common: see shared-parser.ts. */
module.exports = class extends TestEnvironment {
  constructor(...args) {
    super(...args);
    this.global.askSharedParser = askSharedParser;
  }
};
