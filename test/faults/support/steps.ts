import { appendFileSync } from 'node:fs';
import type { Archive, Signer } from '../../../src/core/archive';
import type { LogSource } from '../../../src/core/logs';
import type { Mailer } from '../../../src/core/mail';
import { createOutbox } from '../../../src/mail/outbox';
import type { Parts } from '../../../src/run/parts';

/** One moment before or after a call to something outside the program. */
export interface Step {
  readonly when: 'before' | 'after';
  /** `archive.create`, `privateStore.list`, `signer.sign`, `source.query`, `mailer.send`, … */
  readonly call: string;
}

export type OnStep = (step: Step) => void;

/** Parts whose every call to the outside is two steps. `sent` gets the key of each mail that was really sent. */
export function withSteps(parts: Parts, mailer: Mailer, sentFile: string, onStep: OnStep): Parts {
  const privateStore = steppedStore('privateStore', parts.privateStore, onStep);
  const outbox = createOutbox({
    store: privateStore,
    mailer: steppedMailer(mailer, sentFile, onStep),
    now: parts.now,
  });
  return {
    ...parts,
    archive: steppedStore('archive', parts.archive, onStep),
    privateStore,
    signer: steppedSigner(parts.signer, onStep),
    source: steppedSource(parts.source, onStep),
    mail: { from: 'tallyman@example.com', outbox },
  };
}

async function stepped<T>(call: string, onStep: OnStep, work: () => Promise<T>): Promise<T> {
  onStep({ when: 'before', call });
  const result = await work();
  onStep({ when: 'after', call });
  return result;
}

function steppedStore(name: string, store: Archive, onStep: OnStep): Archive {
  return {
    location: store.location,
    create: (path, content) => stepped(`${name}.create`, onStep, () => store.create(path, content)),
    read: (path) => stepped(`${name}.read`, onStep, () => store.read(path)),
    open: (path) => stepped(`${name}.open`, onStep, () => store.open(path)),
    list: async function* (prefix) {
      onStep({ when: 'before', call: `${name}.list` });
      yield* store.list(prefix);
      onStep({ when: 'after', call: `${name}.list` });
    },
  };
}

/** Signer of a chain, whose signatures are calls to a vault. */
export function steppedSigner(signer: Signer, onStep: OnStep): Signer {
  return {
    ...signer,
    sign: (bytes) => stepped('signer.sign', onStep, () => signer.sign(bytes)),
  };
}

function steppedSource(source: LogSource, onStep: OnStep): LogSource {
  return {
    description: source.description,
    close: () => source.close(),
    open: async (request) => {
      const session = await stepped('source.open', onStep, () => source.open(request));
      return {
        query: (kql) => stepped('source.query', onStep, () => session.query(kql)),
        intake: () => session.intake(),
        close: () => session.close(),
      };
    },
  };
}

function steppedMailer(mailer: Mailer, sentFile: string, onStep: OnStep): Mailer {
  return {
    kind: mailer.kind,
    send: (mail) =>
      stepped('mailer.send', onStep, async () => {
        const delivery = await mailer.send(mail);
        if (delivery.status === 'accepted') appendFileSync(sentFile, `${mail.key}\n`);
        return delivery;
      }),
  };
}
