import assert from "node:assert/strict";
import { join } from "node:path";
import { ExitCode } from "../model/errors.ts";
import { SUMMARY } from "./short.ts";
import type { Place, Story } from "./story.ts";
import { DATA_SET, type TheirPlace } from "./their_place.ts";

const run = `--scenario smoke --seed 9 --paths sql --rate 100 ${SUMMARY}`;

/** Two changes of the data set, on a line each. */
function prepare({ mine }: Place): void {
  Deno.writeTextFileSync(
    join(mine, "notes.sql"),
    "ALTER TABLE northwind.orders ADD COLUMN note text;\nALTER TABLE northwind.orders ADD COLUMN gift_note text;\n",
  );
}

/** Which of them are in the database. */
async function notesIn(query: TheirPlace["query"]): Promise<unknown[]> {
  const names = await query(
    "SELECT attname AS name FROM pg_attribute WHERE attrelid = 'northwind.orders'::regclass",
  );
  return names.map(({ name }) => name).filter((name) => /note/.test(String(name)));
}

/** When a database of the user's is migrated. */
export function migrated(place: TheirPlace): readonly Story[] {
  return [...onClone(place), ...inPlace(place)];
}

function onClone({ elsewhere, silent, query }: TheirPlace): readonly Story[] {
  const columns = () => notesIn(query);
  return [
    {
      promise: "a change is tried on a clone only with --clone, after its size was said",
      typed: `deno task migrate "$MINE/notes.sql" ${run}`,
      env: elsewhere,
      prepare,
      ends: ExitCode.usage,
      judge(ended) {
        silent(ended);
        assert.match(ended.stderr, /a clone of the database "bare" at \S+, which takes [\d.]+ MiB/);
      },
    },
    {
      promise: "with --clone it is, and the database stays as it is; --allow brief-pause lets a pause pass",
      typed: `deno task migrate "$MINE/notes.sql" --clone --allow brief-pause ${run}`,
      env: elsewhere,
      ends: "migrated",
      async judge(ended) {
        silent(ended);
        assert.deepEqual(ended.summary.run.config.migration!.allow, ["brief-pause"]);
        assert.notEqual(ended.summary.verdict === "brief-pause" && ended.code, ExitCode.verdictFailed);
        assert.deepEqual(await columns(), []);
      },
    },
  ];
}

function inPlace({ elsewhere, silent, query }: TheirPlace): readonly Story[] {
  const columns = () => notesIn(query);
  return [
    {
      promise: "--in-place with the name of another database changes nothing",
      typed: `deno task migrate "$MINE/notes.sql" --in-place shop ${run}`,
      env: elsewhere,
      ends: ExitCode.usage,
      async judge(ended) {
        silent(ended);
        assert.match(
          ended.stderr,
          /Cannot migrate the database "shop" in place: DATABASE_URL names the database "bare"/,
        );
        assert.deepEqual(await columns(), []);
      },
    },
    {
      promise:
        "--in-place changes the database itself, says so before and after, and begins where --from says",
      typed: `deno task migrate "$MINE/notes.sql" --in-place bare --from 2 ${run}`,
      env: elsewhere,
      changes: DATA_SET,
      ends: "migrated",
      async judge(ended) {
        silent(ended);
        const said = ended.stderr.replaceAll(/\s+/g, " ");
        assert.match(
          said,
          /notes\.sql is made in the database "bare" at \S+ itself, and nothing of it is undone/,
        );
        assert.match(said, /notes\.sql was made in the database "bare" at \S+ itself/);
        assert.deepEqual(await columns(), ["gift_note"]);
        // Nothing replaces or removes tables with something in them that is the user's.
        await query("ALTER TABLE northwind.orders DROP COLUMN gift_note");
      },
    },
  ];
}
