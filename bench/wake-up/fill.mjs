// Seals runs of many streams as the program does, but into memory, and puts the files into a container: a storage account
// after days of work. Only what planning reads is there, not the runs' own files.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const built = (path) => require(`../../dist/${path}.js`);
const { appendEntry, linkAfter } = built('archive/chain');
const { manifestOf, sealedPeriod } = built('archive/manifest');
const { definitionDigest } = built('catalog/definition-digest');
const { mapInParallel } = built('core/in-parallel');
const { bytesOf } = built('core/pieces');
const { previousPeriod } = built('core/period');
const { newestDuePeriod } = built('run/plan');
const { beginStream } = built('run/seal');
const { streamsOf } = built('run/streams');

const UPLOADS_AT_ONCE = 24;

/** Every stream has `days` promised periods up to now, of which the first `sealed` have a run. */
export async function fill(parts, container, { days, sealed }) {
  const files = new Map();
  const memory = memoryStore(files);
  for (const definition of streamsOf(parts.catalog)) {
    const periods = [newestDuePeriod(definition.report, parts.now())];
    while (periods.length < days) periods.unshift(previousPeriod(periods[0]));
    let entries = await beginStream({ ...parts, archive: memory }, definition, periods[0]);
    for (const period of periods.slice(0, sealed)) {
      const build = (previous) => manifestOf(...runOf(parts, definition, period, previous));
      const entry = await appendEntry(memory, parts.signer, definition.stream, build, entries);
      entries = [...entries, entry];
    }
  }
  await mapInParallel([...files], UPLOADS_AT_ONCE, ([path, content]) =>
    container.getBlockBlobClient(path).upload(content, content.length),
  );
}

function runOf(parts, { stream, report }, period, previous) {
  const at = parts.now();
  const none = (names) => Object.fromEntries(names.map((name) => [name, 0]));
  const name = `runs/${period.id}/summary.json`;
  return [
    [{ name, digest: { sha256: '0'.repeat(64) } }],
    {
      ...{ kind: 'run', stream, ...linkAfter(previous, parts.signer), startedAt: at, sealedAt: at },
      ...{ software: parts.software, period: sealedPeriod(period), trigger: 'timer' },
      definitionSha256: definitionDigest(report, parts.catalog.viewsDigest),
      ...{ outcome: 'pass', audits: [] },
      counts: {
        audits: none(['pass', 'fail', 'info', 'error']),
        findings: none(['critical', 'high', 'medium', 'low', 'info']),
        waived: 0,
      },
      intake: none(['blobs', 'bytes', 'records', 'duplicates', 'unreadable']),
    },
  ];
}

function memoryStore(files) {
  return {
    location: 'memory',
    create: async (path, content) => {
      if (files.has(path)) return 'exists';
      files.set(path, Buffer.from(bytesOf(content)));
      return 'created';
    },
    read: async (path) => files.get(path),
    list: async function* (prefix) {
      // Planning lists chains only, and their names are in order as they were sealed.
      const [stream] = prefix.split('/');
      for (let sequence = 1; ; sequence++) {
        const path = `${stream}/chain/${String(sequence).padStart(8, '0')}.sigstore.json`;
        if (!files.has(path)) return;
        yield { path, size: 0 };
      }
    },
  };
}
