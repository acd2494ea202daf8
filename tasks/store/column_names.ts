/** Names of fields and columns: `atUs` and `at_us`. Few and asked for a million times, so each is made once. */
const columns = new Map<string, string>();
const fields = new Map<string, string>();

/** An object's values by the columns that its fields are called after. */
export function byColumn(row: object): Record<string, unknown> {
  return renamed(row, columns, (field) => field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
}

/** A row's values by the fields that its columns are called after. */
export function byField(row: object): Record<string, unknown> {
  return renamed(
    row,
    fields,
    (column) => column.replaceAll(/_([a-z])/g, (_, letter) => letter.toUpperCase()),
  );
}

function renamed(row: object, known: Map<string, string>, rename: (name: string) => string) {
  const values: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(row)) {
    let other = known.get(name);
    if (other === undefined) known.set(name, other = rename(name));
    values[other] = value;
  }
  return values;
}
