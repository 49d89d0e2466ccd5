/** A text as a pattern that matches it and nothing else; for RE2 and for JavaScript. */
export function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** The pattern of names in which each `*` stands for anything, as in `union Container*`. */
export function wildcardPattern(written: string): RegExp {
  return new RegExp(`^${written.split('*').map(escapePattern).join('.*')}$`);
}
