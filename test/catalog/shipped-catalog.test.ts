import { join } from 'node:path';

import { formatProblem } from '../../src/core/errors';
import { checkCatalog } from '../../src/catalog/lint';

const TEMPLATES = join(__dirname, '../../templates');

test('the shipped definitions have no problem', async () => {
  const { problems } = await checkCatalog(TEMPLATES);
  expect(problems.map(formatProblem)).toEqual([]);
});
