/** The name that a misspelt one most likely stands for: the same but for case, or two edits away. */
export function nearestName(written: string, names: readonly string[]): string | undefined {
  const lower = written.toLowerCase();
  if (lower === '' || lower.length > 100) return undefined;
  const same = names.find((name) => name.toLowerCase() === lower);
  if (same !== undefined) return same === written ? undefined : same;
  const most = lower.length > 4 ? 2 : 1;
  let nearest: string | undefined;
  let least = most + 1;
  for (const name of names) {
    const distance = editDistance(lower, name.toLowerCase(), most);
    if (distance < least) [nearest, least] = [name, distance];
  }
  return nearest;
}

/** Levenshtein's distance, given up beyond a limit. */
function editDistance(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return most + 1;
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i += 1) {
    const current = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(replaced, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? most + 1;
}
