import { stableJson } from '../core/digest';
import type { Column } from '../core/table';

/** The tables that a query may name, with their columns. Names are case-sensitive. */
export type Schema = Readonly<Record<string, readonly Column[]>>;

/** For tables of a schema, what their description is called and its version; said in messages. */
export type SchemaVersions = Readonly<Record<string, string>>;

const texts = new WeakMap<Schema, string>();

/** The schema as text: equal schemas give equal texts. */
export function schemaText(schema: Schema): string {
  let text = texts.get(schema);
  if (text === undefined) {
    text = stableJson(schema);
    texts.set(schema, text);
  }
  return text;
}
