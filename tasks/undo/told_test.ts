import assert from "node:assert/strict";
import { join } from "node:path";
import { withTempDir } from "../store/testing.ts";
import { readTold } from "./told.ts";
import { writeSpool } from "./testing.ts";
import type { WritingOptions } from "./writing.ts";

Deno.test("what an arm wrote into another database is nothing to be taken back from the run's", () =>
  withTempDir((dir) => {
    const operations = [{ name: "read", weight: 1, write: false }, { name: "place", weight: 1, write: true }];
    const spool = { runId: "20260301-101010-aaaa", dir: join(dir, "spool") };
    const options = { scenario: { operations }, spool } as unknown as WritingOptions;
    writeSpool(options, { 3: "ok", 4: "timeout" }, 0);
    writeSpool(options, { 5: "ok", 6: "timeout" }, 1);
    const arm = { path: "graphql", ours: false };
    const told = readTold(spool.dir, { operations }, [
      arm,
      { ...arm, elsewhere: true },
    ]);
    assert.deepEqual([3, 4, 5, 6].map((slot) => told.evidence(slot)), [
      "written",
      "unknown",
      "nothing",
      "nothing",
    ]);
    assert.equal(told.written, 1);
    assert.deepEqual(told.givenUp.map(({ slot }) => slot), [4]);
    return Promise.resolve();
  }));
