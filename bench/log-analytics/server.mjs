// A workspace with rows evenly over one day, made while they are sent. Knows the rows of the time that the query names
// last, their count, and which hours have some. Argument: rows. Prints its port.
import { createServer } from 'node:http';
import { once } from 'node:events';

const [total] = process.argv.slice(2).map(Number);
const START = Date.parse('2026-03-09T00:00:00.000Z');
const DAY_MS = 86_400_000;
const MOST_ROWS = 500_000;
const TABLE = 'ContainerRegistryRepositoryEvents';
const REGISTRY =
  '/subscriptions/s/resourcegroups/g/providers/microsoft.containerregistry/registries/contoso';
const HOUR_COLUMNS =
  '[{"name":"Resource","type":"string"},{"name":"HourIndex","type":"long"},{"name":"Records","type":"long"},{"name":"Counted","type":"real"},{"name":"Earliest","type":"datetime"}]';
const MOST_BYTES = 100 * 1024 * 1024;
const COLUMNS =
  '[{"name":"TimeGenerated","type":"datetime"},{"name":"Identity","type":"string"},{"name":"Repository","type":"string"},{"name":"CallerIpAddress","type":"string"}]';

createServer((request, response) => {
  answer(request, response).catch((error) => response.destroy(error));
}).listen(0, '127.0.0.1', function () {
  console.log(this.address().port);
});

async function answer(request, response) {
  let body = '';
  for await (const chunk of request) body += chunk;
  const { query } = JSON.parse(body);
  const table = /^(?!let )\w+/m.exec(query)?.[0];
  if (table !== TABLE && table !== 'union') return refuse(response, table);
  response.writeHead(200, { 'content-type': 'application/json' });
  if (table === 'union')
    return response.end(tableOf('[{"name":"_ResourceId","type":"string"}]', ''));
  if (query.includes('HourIndex')) return response.end(tableOf(HOUR_COLUMNS, hourRows()));
  const { from, until } = rowsOf(query);
  const count = until - from;
  if (/\|\s*count\s*$/.test(query)) {
    return response.end(tableOf('[{"name":"Count","type":"long"}]', `[${count}]`));
  }
  response.write(`{"tables":[{"name":"PrimaryResult","columns":${COLUMNS},"rows":[`);
  let bytes = 0;
  let row = from;
  for (; row < until && row - from < MOST_ROWS && bytes < MOST_BYTES;) {
    let part = '';
    for (; row < until && row - from < MOST_ROWS && part.length < 65_536; row++) {
      part += `${row === from ? '' : ','}${rowText(row)}`;
    }
    bytes += part.length;
    if (!response.write(part)) await once(response, 'drain');
  }
  const cut = row < until;
  const words =
    '"error":{"code":"PartialError","message":"There were some errors.","details":[{"code":"EngineError","message":"E_QUERY_RESULT_SET_TOO_LARGE (0x80DA0003)"}]}';
  response.end(cut ? `]}],${words}}` : ']}]}');
}

/** As the service answers for a table that no record has ever come to. */
function refuse(response, table) {
  const message = `Failed to resolve table or column expression named '${table}'`;
  response.writeHead(400, { 'content-type': 'application/json' });
  response.end(
    JSON.stringify({
      error: { code: 'BadArgumentError', message: 'bad', innererror: { message } },
    }),
  );
}

function hourRows() {
  const hours = Array.from({ length: 24 }, (_, hour) => {
    const [from, until] = [hour, hour + 1].map((at) => rowAt(START + at * 3_600_000));
    const earliest = new Date(START + hour * 3_600_000).toISOString();
    return `["${REGISTRY}",${hour},${until - from},${until - from},"${earliest}"]`;
  });
  return hours.join(',');
}

/** The first row at or after a time. */
function rowAt(time) {
  return Math.min(total, Math.max(0, Math.ceil(((time - START) / DAY_MS) * total)));
}

function rowsOf(query) {
  const times = [
    ...query.matchAll(
      /TimeGenerated >= datetime\(([^)]+)\) and TimeGenerated < datetime\(([^)]+)\)/g,
    ),
  ];
  const [, from = '2026-03-09T00:00:00Z', until = '2026-03-10T00:00:00Z'] = times[0] ?? [];
  return { from: rowAt(Date.parse(from)), until: rowAt(Date.parse(until)) };
}

function rowText(row) {
  const time = new Date(START + (row / total) * DAY_MS).toISOString().replace('Z', '0000Z');
  return `["${time}","robot-${row % 97}@contoso.example","shop/cart-${row % 1013}","203.0.113.${row % 250}"]`;
}

function tableOf(columns, rows) {
  return `{"tables":[{"name":"PrimaryResult","columns":${columns},"rows":[${rows}]}]}`;
}
