/** Changes of one letter that lead from one word to the other. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}

/** The names a mistyped one may have meant: those that contain it or differ in few letters, nearest first, at most five. */
export function nearNames(wanted: string, names: readonly string[]): readonly string[] {
  const word = wanted.toLowerCase();
  return names
    .map((name) => ({ name, lower: name.toLowerCase() }))
    .map(({ name, lower }) => ({
      name,
      distance: word.length > 2 && lower.includes(word) ? 0.5 : editDistance(word, lower),
    }))
    .filter(({ name, distance }) => distance <= Math.max(1, Math.floor(Math.min(word.length, name.length) / 3)))
    .sort((a, b) => a.distance - b.distance || a.name.length - b.name.length)
    .slice(0, 5)
    .map(({ name }) => name);
}
