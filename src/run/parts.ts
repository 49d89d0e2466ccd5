import type { AskAgainResult } from './ask-again-result';
import type { AuditorFiles } from '../archive/auditor-files';
import type { Archive, Signer, TimeAuthority } from '../core/archive';
import type { ReadRetention } from '../core/custody';
import type { Catalog } from '../core/definitions';
import type { LogSource } from '../core/logs';
import type { Instant } from '../core/period';
import type { Canaries, PlatformSource } from '../core/platform';
import type { Report } from '../core/report';
import type { Outbox } from '../mail/outbox';
import type { Views } from '../render/views';

/** Everything a use case works with. Made in compose.ts; tests make their own from the same real parts. */
export interface Parts {
  readonly catalog: Catalog;
  readonly views: Views;
  readonly source: LogSource;
  /** Undefined when Azure Resource Manager is not to be asked. */
  readonly platform?: PlatformSource | undefined;
  /** Undefined when no canary logins are to be made. */
  readonly canaries?: Canaries | undefined;
  readonly archive: Archive;
  /** Write-once too, and not for auditors: the journal of unfinished runs and the outbox. */
  readonly privateStore: Archive;
  /** How well the archive’s storage keeps its files. */
  readonly readRetention: ReadRetention;
  readonly signer: Signer;
  readonly auditorFiles: AuditorFiles;
  /** Undefined when no authority is to witness what is sealed. */
  readonly timeAuthority: TimeAuthority | undefined;
  /** Undefined when no mail is to be sent. */
  readonly mail: { readonly from: string; readonly outbox: Outbox } | undefined;
  /** Where readers open the archive, without a final slash; undefined when there is no such page. */
  readonly publicUrl: string | undefined;
  readonly now: () => Instant;
  readonly software: Report['software'];
  readonly onProgress: (event: ProgressEvent) => void;
}

export type Trigger = 'timer' | 'catch-up' | 'manual';

export type ProgressEvent =
  | { readonly kind: 'run-started'; readonly stream: string; readonly period: string }
  | {
      readonly kind: 'asked';
      readonly stream: string;
      readonly period: string;
      readonly done: number;
      readonly total: number;
    }
  | { readonly kind: 'run-sealed'; readonly report: Report; readonly sequence: number }
  | { readonly kind: 'asked-again'; readonly stream: string; readonly result: AskAgainResult }
  /** The time-stamping authority did not answer; it is asked again at the next wake-up. */
  | { readonly kind: 'not-witnessed'; readonly stream: string; readonly reason: string }
  | ({ readonly kind: 'failed' } & Failure);

/** What could not be done for one stream; the others go on. */
export interface Failure {
  readonly stream: string;
  /** Undefined when it was no run that failed, but finding out what is due, or telling of it. */
  readonly period: string | undefined;
  readonly error: unknown;
}
