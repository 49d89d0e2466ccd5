import type { Instant, Interval } from './period';

/**
 * What Azure says about registries outside of their logs: through Azure Resource Manager, which neither
 * diagnostic settings nor whoever may write to the logs stand in front of.
 */
export interface PlatformSource {
  /** Which registries there are, and nothing else. Trouble is part of the record, never a throw. */
  list(): Promise<PlatformRecord>;
  /** Everything about the registries of a scope. Trouble is part of the record, never a throw. */
  ask(request: PlatformRequest): Promise<PlatformRecord>;
}

export interface PlatformRequest {
  /** Resource names in lower case, or `all` that the identity may see. */
  readonly registries: readonly string[] | 'all';
  readonly period: Interval;
}

/** Every question that was asked and its answer as received: evidence, from which all else is read. */
export interface PlatformRecord {
  readonly schema: 'tallyman/platform/1';
  readonly askedAt: Instant;
  readonly exchanges: readonly PlatformExchange[];
}

/** `registries`: the list; `settings`, `metrics`: of one registry; `workspace`: that settings send to. */
export type PlatformTopic = 'registries' | 'settings' | 'metrics' | 'workspace';

export interface PlatformExchange {
  readonly about: PlatformTopic;
  /** A resource id in lower case; empty for the list. */
  readonly resource: string;
  /** `GET https://…` */
  readonly request: string;
  /** HTTP status; 0 when no answer came. */
  readonly status: number;
  /** As received; when no answer came, a sentence that says why. */
  readonly body: string;
}

/** One login of this program at a registry, made to be seen in the logs again. */
export interface CanaryLogin {
  /** Resource name in lower case. */
  readonly registry: string;
  readonly at: Instant;
  /** What the log’s UserAgent column should hold. */
  readonly userAgent: string;
  /** HTTP status of the registry's answer; 0 when none came. */
  readonly status: number;
}

/** Logs in to registries, so that the login is seen in the logs again. */
export interface Canaries {
  /** Logs in to each registry that has no login of this day (UTC) yet. */
  login(registries: readonly CanaryTarget[]): Promise<readonly CanaryLogin[]>;
  /** The logins of a period at the registries of a scope, oldest first. */
  made(registries: readonly string[] | 'all', period: Interval): Promise<readonly CanaryLogin[]>;
}

export interface CanaryTarget {
  /** Resource name in lower case. */
  readonly registry: string;
  /** `contoso.azurecr.io` */
  readonly loginServer: string;
}
