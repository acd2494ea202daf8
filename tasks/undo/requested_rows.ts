import type { Value } from "../targets/target.ts";
import type { RequestValues } from "./request_values.ts";

/**
 * The rows that a request asked for in a table: one, or as many as its lists have elements where these are called like
 * columns in the plural, as `product_ids` and `quantities` are. Values that no column is called like are left out.
 * @param values the request's values by parameter
 * @param columns of the table
 * @returns the rows, and how many there may be at the most: any number where nobody knows a list
 */
export function requestedRows(
  values: RequestValues,
  columns: ReadonlySet<string>,
): { readonly rows: Record<string, Value>[]; readonly most: number } {
  const alike: [string, Value][] = [];
  const lists: [string, readonly Value[]][] = [];
  let isOpen = false;
  for (const [name, value] of Object.entries(values)) {
    if (columns.has(name)) {
      if (value !== undefined) alike.push([name, value]);
      continue;
    }
    const column = singulars(name).find((one) => columns.has(one));
    if (column === undefined) continue;
    if (value === undefined) isOpen = true;
    else if (Array.isArray(value)) lists.push([column, value]);
  }
  if (lists.length === 0) return { rows: [Object.fromEntries(alike)], most: isOpen ? Infinity : 1 };
  const count = Math.max(...lists.map(([, list]) => list.length));
  const rows = Array.from({ length: count }, (_, at) => ({
    ...Object.fromEntries(alike),
    ...Object.fromEntries(lists.flatMap(([column, list]) => at < list.length ? [[column, list[at]!]] : [])),
  }));
  return { rows, most: isOpen ? Infinity : count };
}

function singulars(plural: string): string[] {
  return [plural.replace(/ies$/, "y"), plural.replace(/s$/, ""), plural.replace(/es$/, "")]
    .filter((one) => one !== plural);
}
