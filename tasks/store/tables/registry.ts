import { readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Table } from "./table.ts";

const FOLDER = import.meta.dirname!;
/** What of this folder is no table. */
const OTHERS = /^(registry|table)\.ts$|_test\.ts$/;

/**
 * Tables that a run's spool has rows of, as they are loaded: each file of this folder exports one. Those come first that
 * tell how long a run lasted, since the phases of one that was killed end with it.
 */
export const SPOOLED: readonly Table<unknown>[] = (await Promise.all(
  readdirSync(FOLDER).filter((name) => name.endsWith(".ts") && !OTHERS.test(name)).sort().map(tableOf),
)).toSorted((one, other) => Number(one.atUs === undefined) - Number(other.atUs === undefined));

async function tableOf(file: string): Promise<Table<unknown>> {
  const exported = Object.values(await import(pathToFileURL(join(FOLDER, file)).href));
  if (exported.length !== 1) throw new Error(`Cannot tell the table of ${file}: it must export nothing else`);
  return exported[0] as Table<unknown>;
}

/** Every table with rows of a run. */
export const TABLES: readonly string[] = [
  ...SPOOLED.map(({ name }) => name),
  "run",
  "timing",
  "rate_search",
];
