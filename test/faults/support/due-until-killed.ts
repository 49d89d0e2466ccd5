// A child process for killed-run.test.ts: makes what is due and kills itself at the call that it is told.
import { writeFileSync } from 'node:fs';
import { compose } from '../../../src/compose';
import type { Archive } from '../../../src/core/archive';
import { createEmlFolder } from '../../../src/mail/eml-folder';
import { createOutbox } from '../../../src/mail/outbox';
import { runDue } from '../../../src/run/run-due';
import { parseSettings } from '../../../src/settings';

interface Orders {
  readonly settings: Record<string, string>;
  readonly now: string;
  readonly since: string;
  /** Calls before and after which it may die are counted from 1; 0 to live. */
  readonly dieAt: number;
  readonly countFile: string;
}

const orders = JSON.parse(process.argv[2] ?? '') as Orders;
let calls = 0;

function step(): void {
  calls++;
  if (calls === orders.dieAt) process.kill(process.pid, 'SIGKILL');
}

/** Counts a step before and after each write. */
function dangerous(store: Archive): Archive {
  return {
    location: store.location,
    create: async (path, content) => {
      step();
      const result = await store.create(path, content);
      step();
      return result;
    },
    read: (path) => store.read(path),
    list: (prefix) => store.list(prefix),
  };
}

async function main(): Promise<void> {
  const now = (): string => orders.now;
  const composed = await compose(parseSettings(orders.settings), { now });
  const { parts } = composed;
  const privateStore = dangerous(parts.privateStore);
  const mailer = createEmlFolder(orders.settings['TALLYMAN_MAIL_FOLDER'] ?? '');
  const result = await runDue(
    {
      ...parts,
      archive: dangerous(parts.archive),
      privateStore,
      mail: {
        from: 'tallyman@example.com',
        outbox: createOutbox({ store: privateStore, mailer, now }),
      },
    },
    orders.since,
  );
  await composed.close();
  writeFileSync(
    orders.countFile,
    JSON.stringify({ calls, failed: result.failed.map(({ error }) => String(error)) }),
  );
}

void main();
