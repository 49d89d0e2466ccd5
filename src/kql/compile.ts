import type { Instant } from '../core/period';
import type { CompiledQuery } from './compiled-query';
import { templateOf, type Template } from './moments';
import { parser } from './parser-process';
import { remembered } from './remembered';
import { schemaText, type Schema, type SchemaVersions } from './schema';

export type { CompiledQuery } from './compiled-query';

const cache = new WeakMap<Schema, Map<string, Promise<CompiledQuery>>>();
const MOST_CACHED = 200;

/**
 * Translates a query. The translation is kept, without the moments of its leading `let`s, so that the next
 * period's run finds it and needs no parser. `now` is what `now()` and `ago()` mean; `versions` are named when a
 * column or table is not known. Throws KqlError when
 * the query is wrong, or needs something that is not known to be translated correctly.
 */
export async function compileKql(
  text: string,
  schema: Schema,
  options: { readonly now: Instant; readonly versions?: SchemaVersions },
): Promise<CompiledQuery> {
  const template = templateOf(text, options.now);
  const known = cacheOf(schema);
  const key = `${template.now}\n${template.text}`;
  let compiled = known.get(key);
  if (compiled === undefined) {
    if (known.size >= MOST_CACHED) known.clear();
    compiled = translation(template, schemaText(schema), options.versions ?? {});
    known.set(key, compiled);
    // What fails is tried again: a query that ended the parser may not have been at fault.
    compiled.catch(() => known.delete(key));
  }
  const found = await compiled;
  return { ...found, sql: template.fill(found.sql) };
}

function translation(
  { now, text }: Template,
  schema: string,
  versions: SchemaVersions,
): Promise<CompiledQuery> {
  return remembered(['translation', now, text, schema], () =>
    parser.ask({ name: 'translate', text, schema, versions, now }),
  );
}

function cacheOf(schema: Schema): Map<string, Promise<CompiledQuery>> {
  let known = cache.get(schema);
  if (known === undefined) {
    known = new Map();
    cache.set(schema, known);
  }
  return known;
}
