import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { tmpdir } from 'node:os';
import type { Readable, Writable } from 'node:stream';

/** The account and key that every Azurite has; published, no secret. */
const ACCOUNT_NAME = 'devstoreaccount1';
const ACCOUNT_KEY =
  'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

/** Azurite, ending when its standard input does: a suite that is killed leaves no process behind. */
const PROGRAM =
  "process.stdin.resume().once('end', () => process.exit()); require(process.argv[1]);";

const START_TIMEOUT_MS = 30_000;

type AzuriteProcess = ChildProcessByStdio<Writable, Readable, Readable>;

interface Unref {
  unref(): void;
}

/** A storage account that lives as long as one test suite. */
export interface Azurite {
  /** `http://127.0.0.1:<port>/devstoreaccount1` */
  readonly blobUrl: string;
  /** `http://127.0.0.1:<port>/devstoreaccount1` */
  readonly queueUrl: string;
  readonly connectionString: string;
  /** For StorageSharedKeyCredential of storage-blob or storage-queue. */
  readonly accountName: string;
  readonly accountKey: string;
  /** Ends the process and waits until it has gone. */
  stop(): Promise<void>;
}

/**
 * Starts Azurite (blob and queue) in a child process, in memory, on ports that the system assigns.
 * Takes about a second. Throws when it has not come up after 30 s.
 */
export async function startAzurite(): Promise<Azurite> {
  const child = spawn(
    process.execPath,
    [
      '--eval',
      PROGRAM,
      require.resolve('azurite/dist/src/azurite.js'),
      '--inMemoryPersistence',
      '--silent',
      '--disableTelemetry',
      '--skipApiVersionCheck',
      // Whatever name it is reached by.
      '--disableProductStyleUrl',
      ...['--blobPort', '0', '--queuePort', '0', '--tablePort', '0'],
    ],
    { cwd: tmpdir(), stdio: ['pipe', 'pipe', 'pipe'] },
  );
  const endpoints = await listening(child).catch((error: unknown) => {
    child.kill('SIGKILL');
    throw error;
  });
  // A suite that fails before it stops Azurite must not keep jest from ending.
  for (const handle of [child, child.stdin, child.stdout, child.stderr] as Unref[]) handle.unref();
  const blobUrl = `${endpoints.blob}/${ACCOUNT_NAME}`;
  const queueUrl = `${endpoints.queue}/${ACCOUNT_NAME}`;
  return {
    blobUrl,
    queueUrl,
    connectionString: [
      'DefaultEndpointsProtocol=http',
      `AccountName=${ACCOUNT_NAME}`,
      `AccountKey=${ACCOUNT_KEY}`,
      `BlobEndpoint=${blobUrl}`,
      `QueueEndpoint=${queueUrl};`,
    ].join(';'),
    accountName: ACCOUNT_NAME,
    accountKey: ACCOUNT_KEY,
    async stop(): Promise<void> {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = new Promise<void>((resolve) =>
        child.once('exit', () => {
          resolve();
        }),
      );
      // Nothing of it is kept, so there is nothing to shut down in an orderly way.
      child.kill('SIGKILL');
      await gone;
    },
  };
}

/** Waits until both services have said where they listen. */
function listening(child: AzuriteProcess): Promise<{ blob: string; queue: string }> {
  return new Promise((resolve, reject) => {
    let output = '';
    const timer = setTimeout(() => {
      reject(new Error(`Azurite did not start within ${START_TIMEOUT_MS} ms:\n${output}`));
    }, START_TIMEOUT_MS);
    const read = (chunk: Buffer): void => {
      output += chunk.toString();
      const blob = /Blob service is successfully listening at (http:\S+)/.exec(output)?.[1];
      const queue = /Queue service is successfully listening at (http:\S+)/.exec(output)?.[1];
      if (blob === undefined || queue === undefined) return;
      clearTimeout(timer);
      resolve({ blob, queue });
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`Azurite ended with code ${String(code)}:\n${output}`));
    });
  });
}
