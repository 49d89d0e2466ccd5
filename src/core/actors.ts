/** What an event is of. An event that no rule fits is `unknown`, too; reports show those first. */
export const ACTOR_KINDS = [
  'person',
  'pipeline',
  'cluster pull',
  'scanner',
  'retention purge',
  'anonymous',
  'unknown',
] as const;
