import { readFileSync } from 'node:fs';

import { createFolderStore } from '../../src/archive/folder-store';
import { signerFromPem } from '../../src/archive/signing-key';
import type { Archive } from '../../src/core/archive';
import { FIRST_PERIOD, appendRun, beginStream } from '../support/archives';

/** An archive whose process dies, without any goodbye, at its n-th call. */
function dyingAt(archive: Archive, n: number): Archive {
  let calls = 0;
  const count = (): void => {
    calls += 1;
    if (calls === n) process.kill(process.pid, 'SIGKILL');
  };
  return {
    location: archive.location,
    create: (path, content) => {
      const created = archive.create(path, content);
      // The write is under way: its temporary file may be there, and its name not yet.
      setImmediate(count);
      return created;
    },
    read: (path) => {
      count();
      return archive.read(path);
    },
    open: (path) => {
      count();
      return archive.open(path);
    },
    list: (prefix) => {
      count();
      return archive.list(prefix);
    },
  };
}

/** Usage: killed-writer.ts FOLDER KEY-FILE CALL. Writes a genesis and a run, and dies at the call. */
async function main([folder = '', keyFile = '', call = '']: string[]): Promise<void> {
  const archive = dyingAt(createFolderStore(folder), Number(call));
  const signer = signerFromPem(readFileSync(keyFile, 'utf8'));
  const stream = await beginStream(archive, signer);
  await appendRun(archive, signer, stream, FIRST_PERIOD);
}

void main(process.argv.slice(2));
