import type { Archive } from '../core/archive';
import type { ReportDiscrepancy } from './discrepancies';
import { sequenceOfWitness } from './layout';
import { parseTimeStamp } from './time-stamp-token';
import type { TrustedAuthorities } from './time-stamp-trust';
import { authorityProblem } from './time-stamp-trust';
import type { VerifiedChain } from './verify-chain';
import type { WitnessChecker, WitnessSummary } from './verify-source';

/** Checks the time stamps of a stream, which no manifest lists: each must be over its entry’s signature. */
export class WitnessCheck implements WitnessChecker {
  #count = 0;
  #newest: WitnessSummary['newest'];

  constructor(
    private readonly archive: Archive,
    private readonly chain: VerifiedChain,
    private readonly trusted: TrustedAuthorities | undefined,
    private readonly report: ReportDiscrepancy,
  ) {}

  get summary(): WitnessSummary {
    return { count: this.#count, ...(this.#newest && { newest: this.#newest }) };
  }

  /** False when the path is not where a time stamp is. */
  async check(path: string): Promise<boolean> {
    const sequence = sequenceOfWitness(this.chain.stream, path);
    if (sequence === undefined) return false;
    const signature = this.chain.signatures.get(sequence);
    const content = await this.archive.read(path);
    const stamp = content === undefined ? 'it can’t be read' : parseTimeStamp(content);
    if (signature === undefined) {
      this.report(
        'witness-wrong',
        path,
        `There is no entry ${String(sequence)} that it could be over.`,
      );
    } else if (typeof stamp === 'string') {
      this.report('witness-malformed', path, `Expected an RFC 3161 response, but ${stamp}.`);
    } else if (stamp.imprint !== signature) {
      this.report(
        'witness-wrong',
        path,
        `It is over ${stamp.imprint}, and the signature is ${signature}.`,
      );
    } else {
      const problem = this.trusted && authorityProblem(stamp, this.trusted);
      if (problem === undefined) this.#take(sequence, stamp.time);
      else this.report('witness-untrusted', path, `It is not to be relied on: ${problem}.`);
    }
    return true;
  }

  #take(sequence: number, time: string): void {
    this.#count += 1;
    if (sequence > (this.#newest?.sequence ?? 0)) this.#newest = { sequence, time };
  }
}
