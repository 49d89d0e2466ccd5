import type { Predicate } from './predicates';

type Bulk = 'audits' | 'counts' | 'intake' | 'software';
type Slim<P> = P extends unknown ? Omit<P, Bulk> : never;

/** What the rules about a chain need of an entry: small, so that all of a long chain's fit in memory. */
export type Outline = Slim<Predicate>;
export type OutlineOf<K extends Outline['kind']> = Extract<Outline, { kind: K }>;

export interface OutlinedEntry {
  readonly sequence: number;
  readonly manifestSha256: string;
  readonly outline: Outline;
}

export function outlineOf(predicate: Predicate): Outline {
  const bulk: ReadonlySet<string> = new Set([
    'audits',
    'counts',
    'intake',
    'software',
  ] satisfies Bulk[]);
  return Object.fromEntries(Object.entries(predicate).filter(([key]) => !bulk.has(key))) as Outline;
}

/** The period that an entry is about; undefined for those about the chain itself. */
export function periodOf(outline: Outline): OutlineOf<'run'>['period'] | undefined {
  return 'period' in outline ? outline.period : undefined;
}
