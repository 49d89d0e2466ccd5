import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const SCRIPT = join(__dirname, '../support/print-digests.ts');
const HOOK = join(__dirname, '../support/register-typescript.cjs');

async function digestsIn(
  env: Readonly<Record<string, string>>,
  node = process.execPath,
): Promise<unknown> {
  const { stdout } = await promisify(execFile)(node, ['--require', HOOK, SCRIPT], {
    env: { PATH: process.env['PATH'], ...env },
  });
  return JSON.parse(stdout);
}

describe('a report’s page and PDF', () => {
  it('have the same bytes in every time zone and language of the machine', async () => {
    const here = await digestsIn({ TZ: 'UTC', LANG: 'C' });
    expect(here).toMatchObject({
      html: expect.any(String) as string,
      pdf: expect.any(String) as string,
    });
    expect(
      await digestsIn({ TZ: 'Asia/Kathmandu', LANG: 'ko_KR.UTF-8', LC_ALL: 'ko_KR.UTF-8' }),
    ).toEqual(here);
    expect(await digestsIn({ TZ: 'America/St_Johns', LANG: 'tr_TR.UTF-8' })).toEqual(here);
  });

  // `.ci/run` names the other one.
  const other = process.env['TALLYMAN_OTHER_NODE'];
  (other === undefined ? it.skip : it)(
    'have the same bytes on another version of Node',
    async () => {
      expect(await digestsIn({}, other)).toEqual(await digestsIn({}));
    },
  );
});
