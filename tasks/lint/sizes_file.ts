import { z } from "zod";
import { readSmallText } from "../files/small_file.ts";
import { UsageError } from "../model/errors.ts";
import { Catalogue } from "./catalogue.ts";
import { NEWEST } from "./effects.ts";
import type { DatabaseFacts } from "./facts.ts";
import { quoted } from "./names.ts";
import { bareRelation } from "./relations.ts";

const OLDEST = 14;
const NUMBER = z.number().min(0);

const SIZES = z.strictObject({
  postgresql: z.int().min(OLDEST).max(NEWEST).optional(),
  oldestTransactionSeconds: NUMBER.optional(),
  tables: z.record(
    z.string(),
    z.strictObject({ rows: NUMBER, bytes: NUMBER, writesPerSecond: NUMBER.optional() }),
  ),
});

const LOOKS_LIKE =
  'It looks like {"postgresql": 17, "oldestTransactionSeconds": 30, "tables": {"shop.orders": {"rows": 3000000, "bytes": 600000000, "writesPerSecond": 50}}}.';

/**
 * What a file says of a database: how large its tables are, and what goes on there.
 * @throws {UsageError} where it is no such file
 */
export function readSizes(path: string): DatabaseFacts {
  const cannot = (what: string, cause?: unknown) =>
    new UsageError(`Cannot use the sizes in ${path}: ${what}`, LOOKS_LIKE, { cause });
  let text: unknown;
  try {
    text = JSON.parse(readSmallText(path));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) throw cannot("there is no such file", error);
    throw cannot(error instanceof SyntaxError ? "they are no JSON" : (error as Error).message, error);
  }
  const read = SIZES.safeParse(text);
  if (!read.success) {
    const [issue] = read.error.issues;
    throw cannot(`${issue!.path.join(".") || "the whole"}: ${issue!.message}`);
  }
  const { postgresql, oldestTransactionSeconds, tables } = read.data;
  const catalogue = new Catalogue(false, ["public"]);
  const writesPerSecond = new Map<string, number>();
  for (const [key, { rows, bytes, writesPerSecond: writes }] of Object.entries(tables)) {
    const name = catalogue.newName(
      key.split(".").map((part) => part.startsWith('"') ? part : quoted(part)).join("."),
    );
    catalogue.put({ ...bareRelation(name, "table"), rows, bytes });
    if (writes !== undefined) writesPerSecond.set(name, writes);
  }
  return {
    catalogue,
    version: postgresql ?? NEWEST,
    oldestTransaction: oldestTransactionSeconds ?? null,
    writesPerSecond,
    source: path,
  };
}
