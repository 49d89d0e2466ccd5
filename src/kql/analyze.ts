import type { Analysis } from './analysis';
import { parser } from './parser-process';
import { remembered } from './remembered';
import { schemaText, type Schema, type SchemaVersions } from './schema';

export type { Analysis, Diagnostic, RowWise } from './analysis';

/**
 * Parses and binds a query, without translating it; what was found is kept. A bad query has diagnostics;
 * throws KqlError only when the parser itself gave up.
 */
export function analyzeKql(
  text: string,
  schema: Schema,
  versions: SchemaVersions = {},
): Promise<Analysis> {
  const tables = schemaText(schema);
  return remembered(['analysis', text, tables, JSON.stringify(versions)], () =>
    parser.ask({ name: 'analyze', text, schema: tables, versions }),
  );
}
