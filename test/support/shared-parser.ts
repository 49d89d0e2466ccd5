import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  fromTrouble,
  type ParserAnswers,
  type ParserCall,
  type ParserReply,
} from '../../src/kql/parser-messages';
import { parser } from '../../src/kql/parser-process';
import { rememberIn } from '../../src/kql/remembered';

declare const askSharedParser: (call: ParserCall) => Promise<ParserReply>;

// Suites have no modules in common, so each would start a parser of its own: they ask the one that environment.cjs has.
parser.ask = async <Name extends ParserCall['name']>(
  call: Extract<ParserCall, { name: Name }>,
): Promise<ParserAnswers[Name]> => {
  const reply = await askSharedParser(call);
  // Errors are made anew here: a suite's classes are its own.
  if ('error' in reply) throw fromTrouble(reply.error);
  return reply.value as ParserAnswers[Name];
};

// As the program does, and where the programs that suites start do it: a query that was asked before needs no parser.
// A change of the engine's sources forgets them all; errors are never remembered.
rememberIn(join(process.env['XDG_CACHE_HOME'] ?? tmpdir(), 'tallyman', 'queries'));
