// Ten typical audit questions, each in KQL and as the SQL that someone who knows DuckDB would write for the
// same tables. START and END are ticks of the period's ends; strings are never NULL in these tables.
const WHERE = '"TimeGenerated" >= START AND "TimeGenerated" < END';
const LOGINS = '"ContainerRegistryLoginEvents"';
const EVENTS = '"ContainerRegistryRepositoryEvents"';
const HALF_OPEN = 'TimeGenerated >= PeriodStart and TimeGenerated < PeriodEnd';
const HOUR = 36_000_000_000;

export const PAIRS = [
  {
    name: 'failed logins by identity and address',
    kql: `ContainerRegistryLoginEvents | where ${HALF_OPEN} and ResultDescription != '200'
| summarize Failures = count(), First = min(TimeGenerated) by Identity, CallerIpAddress
| order by Failures desc, Identity asc, CallerIpAddress asc`,
    sql: `SELECT "Identity", "CallerIpAddress", count(*) AS f, min("TimeGenerated") FROM ${LOGINS}
WHERE ${WHERE} AND "ResultDescription" <> '200' GROUP BY 1, 2 ORDER BY f DESC, 1, 2`,
  },
  {
    name: 'deletions by a person',
    kql: `ContainerRegistryRepositoryEvents | where ${HALF_OPEN} and OperationName == 'Delete' and Identity contains '@'
| project TimeGenerated, Identity, Repository, Digest | order by TimeGenerated asc, Repository asc, Digest asc`,
    sql: `SELECT "TimeGenerated", "Identity", "Repository", "Digest" FROM ${EVENTS}
WHERE ${WHERE} AND "OperationName" = 'Delete' AND contains("Identity", '@') ORDER BY 1, 3, 4`,
  },
  {
    name: 'operations by hour',
    kql: `ContainerRegistryRepositoryEvents | where ${HALF_OPEN}
| summarize Events = count() by OperationName, Hour = bin(TimeGenerated, 1h) | order by Hour asc, OperationName asc`,
    sql: `SELECT "OperationName", "TimeGenerated" - "TimeGenerated" % ${HOUR} AS h, count(*) FROM ${EVENTS}
WHERE ${WHERE} GROUP BY 1, 2 ORDER BY 2, 1`,
  },
  {
    name: 'the busiest identities',
    kql: `ContainerRegistryRepositoryEvents | where ${HALF_OPEN}
| summarize Events = count(), Repositories = dcount(Repository) by Identity | order by Events desc, Identity asc | take 20`,
    sql: `SELECT "Identity", count(*) AS e, count(DISTINCT "Repository") FROM ${EVENTS}
WHERE ${WHERE} GROUP BY 1 ORDER BY e DESC, 1 LIMIT 20`,
  },
  {
    name: 'repositories and their last push',
    kql: `ContainerRegistryRepositoryEvents | where ${HALF_OPEN} and OperationName == 'Push'
| summarize arg_max(TimeGenerated, Tag, Digest, Identity) by LoginServer, Repository | order by LoginServer asc, Repository asc`,
    sql: `SELECT "LoginServer", "Repository", t, a.t, a.d, a.i FROM (SELECT "LoginServer", "Repository", max("TimeGenerated") AS t,
arg_max(struct_pack(t := "Tag", d := "Digest", i := "Identity"), "TimeGenerated") AS a FROM ${EVENTS}
WHERE ${WHERE} AND "OperationName" = 'Push' GROUP BY 1, 2) ORDER BY 1, 2`,
  },
  {
    name: 'errors as a share of all',
    kql: `ContainerRegistryRepositoryEvents | where ${HALF_OPEN}
| summarize Errors = countif(toint(ResultDescription) >= 400), Events = count() by LoginServer
| extend Share = 100.0 * Errors / Events | order by LoginServer asc`,
    sql: `SELECT "LoginServer", count(*) FILTER (TRY_CAST("ResultDescription" AS INTEGER) >= 400) AS e, count(*) AS n,
100.0 * e / n FROM ${EVENTS} WHERE ${WHERE} GROUP BY 1 ORDER BY 1`,
  },
  {
    name: 'a word in a long text',
    kql: `ContainerRegistryRepositoryEvents | where ${HALF_OPEN} and UserAgent has 'docker'
| summarize Events = count() by UserAgent | order by Events desc, UserAgent asc`,
    sql: `SELECT "UserAgent", count(*) AS e FROM ${EVENTS} WHERE ${WHERE} AND contains(lower("UserAgent"), 'docker')
AND regexp_matches("UserAgent", '(?i)(^|[^\\p{L}\\p{N}])docker($|[^\\p{L}\\p{N}])') GROUP BY 1 ORDER BY e DESC, 1`,
  },
  {
    name: 'failed, then let in',
    kql: `let Failed = ContainerRegistryLoginEvents | where ${HALF_OPEN} and ResultDescription == '401'
| summarize Failures = count(), Last = max(TimeGenerated) by CallerIpAddress | where Failures >= 10;
ContainerRegistryLoginEvents | where ${HALF_OPEN} and ResultDescription == '200'
| join kind=inner Failed on CallerIpAddress | where TimeGenerated > Last
| summarize Logins = count() by CallerIpAddress, Identity, Failures | order by CallerIpAddress asc, Identity asc`,
    sql: `WITH f AS (SELECT "CallerIpAddress" AS a, count(*) AS n, max("TimeGenerated") AS t FROM ${LOGINS}
WHERE ${WHERE} AND "ResultDescription" = '401' GROUP BY 1 HAVING n >= 10)
SELECT "CallerIpAddress", "Identity", n, count(*) FROM ${LOGINS} JOIN f ON "CallerIpAddress" = a
WHERE ${WHERE} AND "ResultDescription" = '200' AND "TimeGenerated" > t GROUP BY 1, 2, 3 ORDER BY 1, 2`,
  },
  {
    name: 'the hundred newest records of both tables',
    kql: `union ContainerRegistryLoginEvents, ContainerRegistryRepositoryEvents | where ${HALF_OPEN}
| project TimeGenerated, Type, LoginServer, OperationName, Identity 
| order by TimeGenerated desc, Type asc, LoginServer asc, OperationName asc, Identity asc | take 100`,
    sql: `SELECT "TimeGenerated", "Type", "LoginServer", "OperationName", "Identity" FROM (
SELECT "TimeGenerated", "Type", "LoginServer", "OperationName", "Identity" FROM ${LOGINS} WHERE ${WHERE} UNION ALL
SELECT "TimeGenerated", "Type", "LoginServer", "OperationName", "Identity" FROM ${EVENTS} WHERE ${WHERE})
ORDER BY 1 DESC, 2, 3, 4, 5 LIMIT 100`,
  },
  {
    name: 'tags that point to several images',
    kql: `ContainerRegistryRepositoryEvents | where ${HALF_OPEN} and OperationName == 'Push' and isnotempty(Tag)
| summarize Images = dcount(Digest), Who = make_set(Identity) by LoginServer, Repository, Tag | where Images > 1
| order by LoginServer asc, Repository asc, Tag asc | project LoginServer, Repository, Tag, Images`,
    sql: `SELECT "LoginServer", "Repository", "Tag", count(DISTINCT "Digest") AS n FROM ${EVENTS}
WHERE ${WHERE} AND "OperationName" = 'Push' AND "Tag" <> '' GROUP BY 1, 2, 3 HAVING n > 1 ORDER BY 1, 2, 3`,
  },
];
