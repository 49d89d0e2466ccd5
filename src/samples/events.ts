import { MILLISECOND } from './calendar';
import type { Random } from './random';

/** Who makes requests, from where, with what. */
export interface Client {
  /** Empty for an anonymous one. */
  readonly identity: string;
  readonly address: string;
  readonly userAgent: string;
}

/** One version of a repository's content. */
export interface Image {
  readonly tag: string;
  readonly digest: string;
  /** Of the manifest, in bytes. */
  readonly size: number;
}

/** What a repository operation was done to; what the service leaves out is undefined. */
export interface Target {
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: string;
  readonly mediaType?: string;
  readonly size?: number;
}

/** One record of the two registry log categories, before it is written down. */
export interface RegistryEvent extends Client {
  /** In ticks since the calendar's base. */
  readonly at: number;
  readonly operation: string;
  /** The HTTP status as text. */
  readonly status: string;
  readonly correlationId: string;
  readonly durationMs: string;
  /** Undefined for a login. */
  readonly target?: Target;
}

const MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';
const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';

/** A client's requests one after the other, under one correlation id. */
export class Session {
  private at: number;
  private readonly correlationId: string;

  constructor(
    private readonly out: RegistryEvent[],
    private readonly random: Random,
    private readonly client: Client,
    at: number,
  ) {
    this.at = at;
    this.correlationId = random.guid();
  }

  /** Lets some time go by before the next request. */
  wait(lowMs: number, highMs: number): void {
    this.at += this.random.between(lowMs * MILLISECOND, highMs * MILLISECOND);
  }

  login(status = '200', identity = this.client.identity): void {
    this.add('Login', status, undefined, identity);
  }

  /** A manifest asked for by its tag. */
  pull(repository: string, image: Image, status = '200'): void {
    this.add('Pull', status, { repository, ...contentOf(image, status), tag: image.tag });
  }

  /** A manifest asked for by its digest, which then stands where the tag would. */
  pullByDigest(repository: string, image: Image, status = '200'): void {
    this.add('Pull', status, { repository, ...contentOf(image, status), tag: image.digest });
  }

  push(repository: string, image: Image): void {
    this.add('Push', '201', { repository, ...contentOf(image, '201'), tag: image.tag });
  }

  /** Pushes an image's signature, under the tag that signing tools derive from the image's digest. */
  pushSignature(repository: string, image: Image): void {
    this.add('Push', '201', {
      repository,
      tag: `${image.digest.replace(':', '-')}.sig`,
      digest: this.random.digest(),
      mediaType: OCI_MANIFEST,
      size: 558,
    });
  }

  /** A request of any other kind. */
  request(operation: string, status: string, target: Target): void {
    this.add(operation, status, target);
  }

  private add(
    operation: string,
    status: string,
    target: Target | undefined,
    identity = this.client.identity,
  ): void {
    this.out.push({
      at: this.at,
      operation,
      status,
      identity,
      address: this.client.address,
      userAgent: this.client.userAgent,
      correlationId: this.correlationId,
      durationMs: duration(this.random),
      ...(target === undefined ? {} : { target }),
    });
    this.wait(15, 900);
  }
}

/** A failed request learns nothing of the content. */
function contentOf(image: Image, status: string): Pick<Target, 'digest' | 'mediaType' | 'size'> {
  if (!status.startsWith('2')) return {};
  return { digest: image.digest, mediaType: MANIFEST, size: image.size };
}

/** Mostly some milliseconds, now and then a hundred. */
function duration(random: Random): string {
  const skew = random.fraction() * random.fraction() * random.fraction();
  return `${4 + Math.floor(120 * skew)}.${random.between(100_000, 999_999)}`;
}
