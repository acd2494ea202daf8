import assert from "node:assert/strict";
import type { ArmRecord, Run } from "../model/run.ts";
import { armAPath } from "../paths/arm_a_path.ts";
import { armsOfRun } from "./arms.ts";
import { loadSpool } from "./load.ts";
import { createSpool } from "./spool.ts";
import { armTable } from "./tables/arm.ts";
import { bareRun, storeFile, withStore, withTempDir } from "./testing.ts";

const OWNER = { pid: 1, startedAt: "then" };
const CONFIG = { arms: ["graphql", "sql"] } as unknown as Run["config"];

Deno.test("arms are stored as they were kept; a spool of an older version, and a run without rows, had an arm a path", () =>
  withTempDir(async (dir) => {
    const kept: ArmRecord[] = [
      {
        armId: 0,
        name: "indexed",
        path: "sql",
        role: "candidate",
        overrides: { session: { work_mem: "1GB" } },
      },
      { armId: 1, name: "plain", path: "sql", role: "baseline", overrides: {} },
    ];
    await withStore(storeFile(dir), "write", async (store) => {
      for (const [runId, arms] of [["NEW", kept], ["OLD", null]] as const) {
        const run = bareRun(runId, { config: CONFIG });
        const spool = createSpool(dir, run, OWNER);
        if (arms !== null) spool.write(armTable, arms);
        spool.close();
        assert.equal((await loadSpool(store, spool.dir)).rows["arm"], 2);
        assert.deepEqual(await armsOfRun(store, run), arms ?? armAPath(["graphql", "sql"]));
      }
      await store.run("DELETE FROM arm");
      assert.deepEqual(
        (await armsOfRun(store, bareRun("NEW", { config: CONFIG }))).map(({ name, role }) => [name, role]),
        [["graphql", "candidate"], ["sql", "baseline"]],
      );
    });
  }));
