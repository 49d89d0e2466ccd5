import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What an auditor finds at an archive’s root. */
export interface AuditorFiles {
  readonly verifyScript: Uint8Array;
  /** The rules that the script asks `jq` to apply. */
  readonly verifyRules: Uint8Array;
  readonly readme: Uint8Array;
}

/** The script and the page that go into every archive, from a folder like `templates/archive`. */
export async function loadAuditorFiles(
  folder: string = join(__dirname, '../../templates/archive'),
): Promise<AuditorFiles> {
  const [verifyScript, verifyRules, readme] = await Promise.all([
    readFile(join(folder, 'verify.sh')),
    readFile(join(folder, 'verify.jq')),
    readFile(join(folder, 'README.txt')),
  ]);
  return { verifyScript, verifyRules, readme };
}
