import assert from "node:assert/strict";
import { UsageError } from "../model/errors.ts";
import { withTempDir } from "../store/testing.ts";
import { openStore } from "../store/open.ts";
import { makeRun } from "./compare/testing.ts";
import { openHistory } from "./open_history.ts";

Deno.test("a notebook is told why there is no history, unless it has asked for one by name", () =>
  withTempDir(async (dir) => {
    const db = `${dir}/history.duckdb`;
    {
      using store = await openStore(db, { mode: "write" });
      await makeRun(store, { slots: 100, run: { verdict: "invalid" } });
    }
    const { history, why } = await openHistory({ scenario: "", run: "latest", db });
    assert.deepEqual([history, why?.replace(/.*: /, "")], [null, "each is INVALID or was not finished."]);
    await assert.rejects(openHistory({ scenario: "access-paths", run: "latest", db }), UsageError);
  }));
