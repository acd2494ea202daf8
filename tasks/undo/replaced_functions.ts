import type { Client } from "pg";
import { UsageError } from "../model/errors.ts";
import type { Dataset } from "../seed/dataset.ts";
import { undoSql } from "../seed/reserved.ts";
import { schemaSql } from "../seed/sql.ts";

/** As they stand in the SQL that makes them; PostgreSQL keeps the text between the dollar signs as it is. */
const MADE = /CREATE FUNCTION ([\w.]+)\([\s\S]*?\$\$([\s\S]*?)\$\$/g;

/**
 * Refuses to run where a function of the data set that writes has another body than ours: what it does is not ours to take back, and
 * no key tells of it.
 * @throws {UsageError} naming them
 */
export async function refuseReplacedFunctions(
  client: Client,
  { name, schemas }: Pick<Dataset, "name" | "schemas">,
  what: string,
): Promise<void> {
  const made = [...schemaSql(`${name}/functions.sql`).matchAll(MADE)]
    // Those that only read are their user's to tune.
    .filter(([text]) => /\bVOLATILE\b/.test(text));
  const { rows } = await client.query<{ readonly name: string }>(undoSql("functions.sql"), [
    schemas,
    made.map(([, name]) => name),
    made.map(([, , body]) => body),
  ]);
  if (rows.length === 0) return;
  throw new UsageError(
    `Cannot run ${what}: ${
      rows.map((row) => row.name).join(", ")
    } is not as Benchbook made it, and what it does now ` +
      "nobody takes back",
    `\`deno task seed --dataset ${name} --replace\` makes it anew. Or run a scenario that only reads, such as shop-under-change with --set write_share=0.`,
  );
}
