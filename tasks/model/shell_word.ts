/** A word as a shell takes it, whatever is in it. */
export function shellWord(value: string): string {
  return /^[\w.,:=+/-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`;
}
