import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TABLE_SCHEMAS } from '../../src/core/table-schemas';
import type { TableStore } from '../../src/kql/store';
import { ask, openStore, refusal } from './ask';

/** Published queries, read from a folder beside this project where there is one. */
const REFERENCE = process.env['TALLYMAN_REFERENCE'] ?? join(__dirname, '../../../shared/reference');
const FOLDER = join(REFERENCE, 'queries');
const files = existsSync(FOLDER) ? readdirSync(FOLDER).sort() : [];
const whenPresent = files.length > 0 ? describe : describe.skip;
if (files.length === 0) console.warn('Skipped: the published queries are not here.');

whenPresent('published queries', () => {
  let store: TableStore;
  beforeAll(async () => {
    store = await openStore();
    for (const [name, columns] of Object.entries(TABLE_SCHEMAS))
      await store.createTable(name, columns);
  });
  afterAll(() => store.close());

  const read = (file: string): string => readFileSync(join(FOLDER, file), 'utf8');
  const isInvalid = (file: string): boolean => file.startsWith('22_');

  it.each(files.filter((file) => !isInvalid(file)))('%s runs unchanged', async (file) => {
    const table = await ask(store, read(file), TABLE_SCHEMAS);
    expect(table.columns.length).toBeGreaterThan(0);
  });

  it.each(files.filter(isInvalid))('%s is rejected with the column it means', async (file) => {
    const error = await refusal(store, read(file), TABLE_SCHEMAS);
    expect(error.code).toBe('KQL_SEMANTIC');
    expect(error.hint).toContain("'CallerIpAddress'");
    expect(error.line).toBe(4);
  });
});
