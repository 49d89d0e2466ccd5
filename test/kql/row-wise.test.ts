import { TABLE_SCHEMAS } from '../../src/core/table-schemas';
import { analyze } from '../../src/kql/diagnose';

const T = 'ContainerRegistryRepositoryEvents';
const PERIOD =
  'let PeriodStart = datetime(2026-03-02);\nlet PeriodEnd = datetime(2026-03-03);\nlet who = dynamic(["a"]);\n';

const orderOf = (query: string): string | undefined => {
  const found = analyze(PERIOD + query, TABLE_SCHEMAS).rowWise;
  return found === undefined ? undefined : `${found.table} ${found.order}`;
};

describe('a query can be asked for one part of its time after the other', () => {
  it.each([
    [T, 'ascending'],
    [`${T} | where TimeGenerated >= PeriodStart and TimeGenerated < PeriodEnd`, 'ascending'],
    [
      `${T} | where Identity in (who) | project TimeGenerated, n = strlen(Tag) | order by TimeGenerated asc, n desc`,
      'ascending',
    ],
    [`${T} | sort by TimeGenerated`, 'descending'],
    [
      `${T} | parse Identity with name "@" * | order by TimeGenerated desc, name asc;`,
      'descending',
    ],
    [`let long_tag = (s: string) { strlen(s) > 9 }; ${T} | where long_tag(Tag)`, 'ascending'],
  ])('%s', (query, order) => {
    expect(orderOf(query)).toBe(`${T} ${order}`);
  });

  it.each([
    ['it counts', `${T} | summarize n = count() by Identity`],
    ['it takes the first', `${T} | take 5`],
    ['it takes the newest', `${T} | top 5 by TimeGenerated`],
    ['it leaves out repeated rows', `${T} | distinct Identity`],
    ['it reads two tables', `union ${T}, ContainerRegistryLoginEvents`],
    ['it joins', `${T} | join kind=inner (${T}) on Identity`],
    ['it names its table twice', `${T} | where Identity in (${T} | distinct Identity)`],
    ['it needs a total', `let n = toscalar(${T} | count); ${T} | where n > 1`],
    ['it numbers its rows', `${T} | sort by TimeGenerated asc | extend n = row_number()`],
    ['it looks at the row before', `${T} | sort by TimeGenerated asc | extend p = prev(Tag)`],
    ['it looks at the clock', `${T} | where TimeGenerated > ago(1d)`],
    ['it sorts by something else', `${T} | order by Identity asc, TimeGenerated asc`],
    [
      'it sorts by another time',
      `${T} | project TimeGenerated = _TimeReceived | order by TimeGenerated asc`,
    ],
    [
      'it sorts by another time, whose name stands between brackets',
      `${T} | extend ['TimeGenerated'] = _TimeReceived | order by TimeGenerated asc`,
    ],
    [
      'it sorts by a parsed time',
      `${T} | parse Tag with * "t" TimeGenerated | order by TimeGenerated asc`,
    ],
    ['its table is a name for something else', `let Mine = ${T} | take 5; Mine`],
    ['it reads no table', 'print 1'],
    ['it is wrong', `${T} | where`],
  ])('not when %s', (_why, query) => {
    expect(orderOf(query)).toBeUndefined();
  });
});
