import '../core/late-optimization';
import { probeColumns } from './column-probe';
import { analyze } from './diagnose';
import { toTrouble, type ParserCall, type ParserReply } from './parser-messages';
import type { Schema } from './schema';
import { translate } from './translate';

/** The main file of the process that holds the parser: see ParserProcess. */

/** The language service binds a schema once, and remembers it by the object. */
const schemas = new Map<string, Schema>();
const MOST_SCHEMAS = 8;

process.on('message', (call: ParserCall) => {
  if (process.connected) process.send?.(answer(call));
});

function answer(call: ParserCall): ParserReply {
  try {
    return { value: work(call) };
  } catch (error) {
    return { error: toTrouble(error) };
  }
}

function work(call: ParserCall): unknown {
  const schema = schemaOf(call.schema);
  switch (call.name) {
    case 'translate':
      return translate(call.text, schema, call);
    case 'probe':
      return probeColumns(call.text, schema, call.now);
    case 'analyze':
      return analyze(call.text, schema, call.versions);
  }
}

function schemaOf(text: string): Schema {
  const known = schemas.get(text);
  if (known !== undefined) return known;
  if (schemas.size >= MOST_SCHEMAS) schemas.clear();
  const schema = JSON.parse(text) as Schema;
  schemas.set(text, schema);
  return schema;
}
