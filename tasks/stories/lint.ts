import assert from "node:assert/strict";
import { join } from "node:path";
import { ExitCode } from "../model/errors.ts";
import type { Story } from "./story.ts";

const CHANGE = "ALTER TABLE shop.orders ADD COLUMN at timestamptz DEFAULT clock_timestamp();\n";

/** What `migrate lint` says of a change that is not made. */
export const LINT: readonly Story[] = [
  {
    promise: "migrate lint says what a naive change would lock, and what to write instead",
    typed: "npx -y deno task migrate lint queries/migrations/add-column/naive",
    shown: "npx -y deno task migrate lint queries/migrations/add-column/naive",
    ends: ExitCode.verdictFailed,
    judge({ stdout }) {
      const said = stdout.replaceAll(/\s+/g, " ");
      assert.match(said, /01-add-column\.sql:7:1 ALTER TABLE northwind\.orders ADD COLUMN/);
      assert.match(said, /blocking rewrite: While ACCESS EXCLUSIVE is held on northwind\.orders/);
      assert.match(said, /1 statement in 1 file: 1 blocking, 1 warning, 0 notes\./);
    },
  },
  {
    promise: "sizes may be those of a file, and findings come in a form for programs",
    typed:
      'deno task migrate lint "$MINE/change.sql" --sizes "$MINE/sizes.json" --server-version 16 --format sarif',
    prepare({ mine }) {
      Deno.writeTextFileSync(join(mine, "change.sql"), CHANGE);
      Deno.writeTextFileSync(
        join(mine, "sizes.json"),
        JSON.stringify({
          tables: { "shop.orders": { rows: 3_000_000, bytes: 600_000_000, writesPerSecond: 50 } },
        }),
      );
    },
    ends: ExitCode.verdictFailed,
    judge({ stdout }) {
      const [{ results }] =
        (JSON.parse(stdout) as { runs: [{ results: { level: string; ruleId: string }[] }] }).runs;
      assert.deepEqual(results.map(({ ruleId, level }) => [ruleId, level]), [["rewrite", "error"], [
        "lock-queue",
        "warning",
      ]]);
    },
  },
];
