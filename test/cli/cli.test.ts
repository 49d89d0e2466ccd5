import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(__dirname, '../..');
const SAMPLE_LOGS = join(root, 'samples/logs');

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tallyman-cli-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function tallyman(...args: string[]): { code: number | null; out: string; err: string } {
  const child = spawnSync(
    process.execPath,
    [
      '--require',
      join(root, 'test/support/register-typescript.cjs'),
      join(root, 'src/cli/main.ts'),
      ...args,
    ],
    {
      cwd: folder,
      encoding: 'utf8',
      env: {
        PATH: process.env['PATH'],
        NODE_OPTIONS: process.env['NODE_OPTIONS'],
        // Where the translations of queries are that were asked before.
        XDG_CACHE_HOME: process.env['XDG_CACHE_HOME'],
      },
    },
  );
  return { code: child.status, out: child.stdout, err: child.stderr };
}

it('names a broken view with its line, and takes no text for unsaid that it may say', () => {
  cpSync(join(root, 'templates'), join(folder, 'templates'), { recursive: true });
  appendFileSync(join(folder, 'templates/views/digest-mail.hbs'), '{{#if x}}');
  const { code, out } = tallyman('check', '--templates', 'templates');
  expect([code, out.trim()]).toEqual([
    64,
    expect.stringMatching(
      /digest-mail\.hbs:\d+: Parse error on line \d+: Expecting .* Mend the view\.$/,
    ),
  ]);
});

it('prints one JSON document when runs could not be made, too', () => {
  const { code, out } = tallyman(
    ...['due', '--json', '--logs', 'nowhere', '--archive', 'archive'],
    ...['--now', '2026-03-12T08:00:00+09:00'],
  );
  expect(code).toBe(2);
  const { failed } = JSON.parse(out) as { failed: { message: string }[] };
  expect(failed[0]?.message).toContain('nowhere');
});

describe('tallyman', () => {
  it('explains itself and each command', () => {
    const help = tallyman('--help');
    expect(help.code).toBe(0);
    const commands = [...help.out.matchAll(/^ {2}([a-z]+) /gm)].map((match) => match[1] ?? '');
    expect(commands).toEqual(
      expect.arrayContaining(['due', 'run', 'verify', 'serve', 'query', 'check', 'samples']),
    );
    const verify = tallyman('verify', '--help');
    expect(verify).toMatchObject({ code: 0 });
    expect(verify.out).toContain('--head');
  });

  it('says what it does not know, and how to ask', () => {
    const unknown = tallyman('verifi');
    expect(unknown.code).toBe(64);
    expect(unknown.err).toContain('verify');
    expect(tallyman('run', 'x', '--period').code).toBe(64);
    const port = tallyman('serve', '--archive', 'x', '--port', '65536');
    expect(port.code).toBe(64);
    expect(port.err).toContain('Expected a whole number from 0 to 65535.');
    expect(tallyman('query', 'print 1', '--templates', 'nowhere').err).toContain(
      'no folder nowhere',
    );
  });
});

describe('tallyman run', () => {
  it('says every wrong setting at once, and writes nothing', () => {
    const { code, err } = tallyman('run', 'daily-registry-audit', '--period', '2026-03-10');
    expect(code).toBe(64);
    expect(err).toContain('TALLYMAN_LOG_ARCHIVE');
    expect(err).toContain('TALLYMAN_ARCHIVE');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('says every wrong definition with its line, and writes nothing', () => {
    const templates = join(folder, 'templates');
    const copied = spawnSync('cp', ['-r', join(root, 'templates'), templates]);
    expect(copied.status).toBe(0);
    writeFileSync(join(templates, 'audits/tags-deleted/audit.yaml'), 'title: 1\nseverty: high\n');
    const { code, err } = tallyman(
      ...['run', 'daily-registry-audit', '--period', '2026-03-10', '--templates', templates],
      ...['--logs', SAMPLE_LOGS, '--archive', 'archive', '--mail', 'mail'],
    );
    expect(code).toBe(64);
    expect(err).toMatch(/tags-deleted\/audit\.yaml:2.*severity/);
    expect(err).toMatch(/tags-deleted\/audit\.yaml:1/);
    expect(existsSync(join(folder, 'archive'))).toBe(false);
  });

  it('does not take a period that is none', () => {
    const { code, err } = tallyman(
      ...['run', 'daily-registry-audit', '--period', 'yesterday'],
      ...['--logs', SAMPLE_LOGS, '--archive', 'archive', '--mail', 'mail'],
    );
    expect(code).toBe(64);
    expect(err).toContain('yesterday');
  });

  it('seals no period that is not over', () => {
    const { code, err } = tallyman(
      ...['run', 'daily-registry-audit', '--period', '2999-12-31', '--early'],
      ...['--logs', SAMPLE_LOGS, '--archive', 'archive', '--mail', 'mail'],
    );
    expect(code).toBe(64);
    expect(err).toContain('2999-12-31 is not over');
    expect(existsSync(join(folder, 'archive'))).toBe(false);
  });
});

describe('tallyman query', () => {
  const count =
    'ContainerRegistryRepositoryEvents | summarize Events = count() by OperationName | order by OperationName asc';

  it('answers over raw log files, as JSON in the form of the query API', () => {
    const { code, out } = tallyman('query', count, '--logs', SAMPLE_LOGS, '--json');
    expect(code).toBe(0);
    const { tables } = JSON.parse(out) as { tables: { columns: unknown; rows: unknown[][] }[] };
    expect(tables[0]!.columns).toEqual([
      { name: 'OperationName', type: 'string' },
      { name: 'Events', type: 'long' },
    ]);
    expect(tables[0]!.rows.map(([name]) => name)).toContain('Pull');
  });

  it('shows the SQL instead', () => {
    const { code, out } = tallyman('query', count, '--explain');
    expect(code).toBe(0);
    expect(out).toContain('SELECT');
  });

  it('refuses by name and place what it cannot answer as Azure would', () => {
    const { code, err } = tallyman('query', 'externaldata(a:string)["https://example.com"]');
    expect(code).toBe(64);
    expect(err).toContain('externaldata');
    expect(err).toContain('line 1');
  });

  it('finds a misspelt column', () => {
    const text = 'ContainerRegistryLoginEvents | where CallerIPAddress == "x"';
    const { code, err } = tallyman('query', text, '--logs', SAMPLE_LOGS);
    expect(code).toBe(64);
    expect(err).toContain('CallerIpAddress');
  });

  it('needs no logs for what reads none', () => {
    const { code, out } = tallyman('query', 'print Answer = 6 * 7');
    expect(code).toBe(0);
    expect(out).toBe('Answer\n42\n');
  });

  const batch = [
    '{"id":"types","kql":"print t = datetime(2026-01-02 03:04:05.6), s = time(1.02:03:04), l = 9223372036854775807, d = dynamic({\\"a\\":[1,2]})"}',
    '',
    '{"id":"refused","kql":"print x = 1\\n| evaluate python(typeof(x:long), \'\')"}',
    '{"id":"a \\"quoted\\" id","kql":"datatable(a:string)[\'b\', \'a\']"}',
    '{"id":"read","kql":"ContainerRegistryLoginEvents | count"}',
  ].join('\n');

  it('answers a batch line by line, each with its columns and flags or its error', () => {
    writeFileSync(join(folder, 'batch.jsonl'), batch);
    const { code, out } = tallyman('query', '--batch', 'batch.jsonl', '--logs', SAMPLE_LOGS);
    expect(code).toBe(2);
    const [types, refused, quoted, read] = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(out).toContain('9223372036854775807');
    expect(types).toEqual({
      id: 'types',
      columns: [
        { name: 't', type: 'datetime' },
        { name: 's', type: 'timespan' },
        { name: 'l', type: 'long' },
        { name: 'd', type: 'dynamic' },
      ],
      rows: [['2026-01-02T03:04:05.6000000Z', '1.02:03:04', '9223372036854775807', { a: [1, 2] }]],
      flags: ['exact', 'order not defined'],
    });
    expect(refused).toMatchObject({ id: 'refused', error: { code: 'KQL_UNSUPPORTED', line: 2 } });
    expect(quoted).toMatchObject({ id: 'a "quoted" id', rows: [['a'], ['b']] });
    expect(read).toMatchObject({ rows: [[expect.any(Number)]] });
  });

  it('refuses only the lines that read a table when a batch has no logs', () => {
    writeFileSync(join(folder, 'batch.jsonl'), batch);
    const { code, out } = tallyman('query', '--batch', 'batch.jsonl');
    expect(code).toBe(2);
    const lines = out.trimEnd().split('\n');
    expect(lines).toHaveLength(4);
    expect(JSON.parse(lines[3]!)).toMatchObject({ error: { code: 'KQL_TABLE_MISSING' } });
  });

  it('finds out of an archive which columns a plugin gives, and says where one can’t be used', () => {
    const events = 'ContainerRegistryLoginEvents\n| summarize N = count() by LoginServer';
    const queries = [
      `${events} | extend B = bag_pack("Records", N, "Server", LoginServer)\n| evaluate bag_unpack(B, "b_") | sort by b_Records desc`,
      `${events} | evaluate pivot(LoginServer, sum(N)) | project contoso = ['contoso.azurecr.io'], fabrikam = ['fabrikam.azurecr.io']`,
      `${events}\n| extend B = pack_array(N) | evaluate bag_unpack(B)`,
    ];
    const lines = queries.map((kql, id) => `${JSON.stringify({ id, kql })}\n`);
    writeFileSync(join(folder, 'plugins.jsonl'), lines.join(''));
    const { code, out } = tallyman('query', '--batch', 'plugins.jsonl', '--logs', SAMPLE_LOGS);
    expect(code).toBe(2);
    const [unpacked, pivoted, array] = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(unpacked).toEqual({
      id: 0,
      columns: [
        { name: 'LoginServer', type: 'string' },
        { name: 'N', type: 'long' },
        { name: 'b_Records', type: 'long' },
        { name: 'b_Server', type: 'string' },
      ],
      rows: [
        ['contoso.azurecr.io', 292, 292, 'contoso.azurecr.io'],
        ['fabrikam.azurecr.io', 241, 241, 'fabrikam.azurecr.io'],
      ],
      flags: ['exact'],
    });
    expect(pivoted).toMatchObject({ rows: [[292, 241]], flags: ['exact', 'order not defined'] });
    expect(array).toEqual({
      id: 2,
      error: {
        code: 'KQL_UNSUPPORTED',
        message: "'bag_unpack' of what is no bag is not supported offline",
        line: 3,
        column: 30,
        hint: 'Leave such rows out before it: | where tostring(Bag) startswith "{".',
      },
    });
  });

  it('names every line of a batch that it can’t read, and asks nothing', () => {
    const bad = ['{"id":null,"kql":"print 1"}', '{"id":"2"}', 'x', '{"id":1e999,"kql":"print 1"}'];
    writeFileSync(join(folder, 'batch.jsonl'), `${bad.join('\n')}\n`);
    const { code, out, err } = tallyman('query', '--batch', 'batch.jsonl');
    expect(code).toBe(64);
    expect(out).toBe('');
    expect(tallyman('query', '--batch', '.').err).toContain('. can’t be read: ');
    for (const line of [1, 2, 3, 4]) expect(err).toContain(`batch.jsonl:${String(line)}:`);
  });
});

describe('a reader that goes away', () => {
  it('ends no command and makes no noise', () => {
    const command = [
      process.execPath,
      '--require',
      join(root, 'test/support/register-typescript.cjs'),
      join(root, 'src/cli/main.ts'),
      'query',
      'range x from 1 to 50000 step 1',
    ];
    const script = `{ "$@"; echo "code $?" >&2; } | head -1`;
    const { stdout, stderr } = spawnSync('sh', ['-c', script, 'sh', ...command], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(stdout).toBe('x\n');
    expect(stderr.trim().split('\n')).toEqual(['50,000 rows', 'code 0']);
  });
});

// A device that is always full is there on Linux alone.
(existsSync('/dev/full') ? describe : describe.skip)('a disk that is full', () => {
  it('is told in a line and in the exit code', () => {
    const command = ['src/cli/main.ts', '--version'].map((word, at) =>
      at === 0 ? join(root, word) : word,
    );
    const script = join(root, 'test/support/register-typescript.cjs');
    const { status, stderr } = spawnSync(
      'sh',
      ['-c', '"$@" >/dev/full', 'sh', process.execPath, '--require', script, ...command],
      { cwd: folder, encoding: 'utf8' },
    );
    expect(status).toBe(2);
    expect(stderr).toMatch(/^tallyman: the output could not be written: ENOSPC.*$/m);
    expect(stderr).not.toContain('    at ');
  });
});

describe('tallyman samples', () => {
  const options = ['samples', '--out', 'logs', '--days', '1', '--registries', '1'];

  it('writes once, and leaves alone what it finds', () => {
    expect(tallyman(...options).code).toBe(0);
    const again = tallyman(...options);
    expect(again).toMatchObject({ code: 0, out: 'logs holds these logs already.\n' });
    expect(tallyman(...options, '--seed', '2').code).toBe(64);
  });
});

describe('tallyman verify', () => {
  it('cannot check what is not there', () => {
    expect(tallyman('verify', 'nowhere').code).toBe(2);
  });

  it.each(['', 'http://localhost/archive'])('refuses "%s", which is no place', (place) => {
    const { code, err } = tallyman('verify', place);
    expect(code).toBe(64);
    expect(err).toContain('ARGUMENT_INVALID');
  });

  it('does not call an empty folder good', () => {
    const { code, out } = tallyman('verify', '.');
    expect(code).toBe(1);
    expect(out).toContain('archive-empty');
  });
});
