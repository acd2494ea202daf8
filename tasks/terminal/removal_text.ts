import { counted, formatBytes, formatCount } from "../model/units.ts";
import type { DatabaseRemoval } from "../seed/database_removal.ts";
import { singleLine } from "./safe_text.ts";
import { formatTable } from "./table.ts";

/** Kinds of objects beside tables, with their plural. */
const KINDS: readonly [string, string, string][] = [
  ["view ", "view", "views"],
  ["function ", "function", "functions"],
  ["type ", "type", "types"],
  ["index ", "index", "indexes"],
  ["table constraint ", "constraint", "constraints"],
];

/** A name of PostgreSQL's has up to 63 bytes. */
const LINE_COLUMNS = 2000;

/** What would go from a database, for the one who is asked. */
export function removalText(removal: DatabaseRemoval, where: string): string {
  const { database, datasets, schemas, tables, holdings, privileges } = removal;
  const counts = KINDS.flatMap(([prefix, one, many]) => {
    const count = holdings.own.filter(({ object }) => object.startsWith(prefix)).length;
    return count === 0 ? [] : [counted(count, one, many)];
  });
  const loaded = datasets.map(({ name, marker: { status, scale, seed, variation } }) =>
    `${name} (${[scale, `seed ${seed}`, ...variation === "" ? [] : [variation]].join(", ")}${
      status === "complete" ? "" : ", half loaded"
    })`
  );
  const what = loaded.length === 0 ? "" : `: ${loaded.join(", ")}`;
  return [
    shown(`What Benchbook has put into the database "${database}" at ${where}${what}`),
    "",
    formatTable([
      // What is to be removed is shown in full: names have up to 63 bytes each.
      { title: "table", align: "left", columns: 200, least: 200 },
      { title: "rows", align: "right" },
      { title: "size", align: "right" },
    ], tables.map(({ table, rows, bytes }) => [table, formatCount(rows), formatBytes(bytes)])),
    "",
    shown(
      `With them ${counts.join(", ")} and the schema${schemas.length === 1 ? "" : "s"} ${
        schemas.join(", ")
      }.`,
    ),
    ...privileges.length === 0
      ? []
      : ["", "What others were allowed goes too:", ...privileges.map((text) => `  ${shown(text)}`)],
  ].join("\n");
}

/** In full, and in one line. */
function shown(text: string): string {
  return singleLine(text, LINE_COLUMNS);
}
