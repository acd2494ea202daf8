import assert from "node:assert/strict";
import { join } from "node:path";
import { Redis } from "ioredis";
import { InterruptedError } from "../model/errors.ts";
import type { Operation } from "../model/operation.ts";
import type { Run } from "../model/run.ts";
import { withRedis } from "../stack/testing.ts";
import { SegmentWriter } from "../store/segment_writer.ts";
import { createSpool, pendingSpools, spoolRoot } from "../store/spool.ts";
import { bareRun, pushOk, sqlOperation, steadyPhase, withStore, withTempDir } from "../store/testing.ts";
import { recoverRuns } from "./recover.ts";
import { DEAD, storedRows, writeSpool } from "./testing_spools.ts";

async function inHome(body: (home: string, db: string) => Promise<void>): Promise<void> {
  await withTempDir((dir) => body(join(dir, "home"), join(dir, "store.duckdb")));
}

/** Damages the spool of a run, with a whole one behind it, and says what came of it. */
async function recoverDamaged(
  damage: (dir: string) => void,
): Promise<{ told: string; rows: number; kept: string[] }> {
  let result!: { told: string; rows: number; kept: string[] };
  await inHome(async (home, db) => {
    damage(writeSpool(home, "R1"));
    writeSpool(home, "R2");
    const told = await recoverRuns(home, db);
    assert.equal(told.length, 2, told.join("\n"));
    assert.match(
      told[1]!,
      /^Recovered run R2 \(complete\): 120 requests\. deno task report R2 renders it\.$/,
    );
    assert.deepEqual(await recoverRuns(home, db), []);
    assert.deepEqual([...Deno.readDirSync(spoolRoot(home))], []);
    assert.equal((await storedRows(db, "R2")).length, 120);
    const aside = join(home, "set-aside");
    const kept = [...Deno.readDirSync(aside)].map(({ name }) => name);
    result = { told: told[0]!.replace(aside, "ASIDE"), rows: (await storedRows(db, "R1")).length, kept };
  });
  return result;
}

Deno.test("keys of a killed run are removed from the user's Redis, or named; in Benchbook's own none are", async () => {
  const told = async (origin: string, path: string, redisUrl?: string, more = {}): Promise<string> => {
    let line = "";
    await inHome(async (home, db) => {
      const environment = { services: [{ name: "redis", origin, ...more }] } as unknown as Run["environment"];
      const spool = createSpool(home, bareRun("R1", { environment }), DEAD);
      spool.operations([{ ...sqlOperation(0), path } as Operation]);
      spool.phases([steadyPhase(0, 0, 1e6)]);
      spool.close();
      line = (await recoverRuns(home, db, { redisUrl })).join("\n");
    });
    return line;
  };
  const unlink =
    "`redis-cli --scan --pattern 'benchbook:R1:*' | tr '\\n' '\\0' | xargs -0 redis-cli unlink`.";
  const named = (line: string, why: string) =>
    assert.ok(
      line.startsWith(`Recovered run R1 (crashed): 0 requests. ${why}`) && line.includes(unlink),
      line,
    );
  named(
    await told("user", "sql+cache"),
    "Keys benchbook:R1:* may be left in Redis until they expire; sooner: ",
  );
  // A Redis of an arm's own: nobody knows its password any more.
  const ofArm = { address: "redis://:***@cache.example:6380/", arms: [sqlOperation(0).arm] };
  named(
    await told("user", "sql+cache", "redis://127.0.0.1:1", ofArm),
    `Keys benchbook:R1:* of ${
      sqlOperation(0).arm
    } may be left in Redis at cache.example:6380 until they expire; `,
  );
  assert.doesNotMatch(await told("user", "sql+cache", undefined, { ...ofArm, arms: ["other"] }), /Redis/);
  for (const [origin, path] of [["embedded", "sql+cache"], ["user", "sql"]] as const) {
    assert.doesNotMatch(await told(origin, path), /Redis/);
  }
  await withRedis(async (url) => {
    const redis = new Redis(url);
    try {
      await redis.mset("benchbook:R1:product:[1]", "a", "benchbook:R2:product:[1]", "b", "benchbook:R1", "c");
      assert.match(
        await told("user", "sql+cache", url),
        /0 requests\. Its keys were removed from Redis at 127\.0\.0\.1:\d+\./,
      );
      assert.deepEqual((await redis.keys("*")).sort(), ["benchbook:R1", "benchbook:R2:product:[1]"]);

      // What a role may not list, the process that stored it alone could know.
      await redis.call("ACL", "SETUSER", "plain", "on", ">plain", "~*", "+@all", "-scan");
      const plain = new URL(url);
      plain.username = plain.password = "plain";
      named(
        await told("user", "sql+cache", plain.href),
        `Cannot find the run's keys in Redis at ${plain.host}: `,
      );
    } finally {
      redis.disconnect();
    }
    const gone = new URL(url);
    gone.port = "1";
    named(
      await told("user", "sql+cache", gone.href),
      `Cannot remove the run's keys from Redis at ${gone.host}: `,
    );
  });
});

Deno.test("a half line that a full disk left costs that line, is named, and the spool is kept", async () => {
  const { told, rows, kept } = await recoverDamaged((dir) => {
    const path = join(dir, "samples.jsonl");
    const whole = Deno.readTextFileSync(path);
    Deno.writeTextFileSync(path, whole.slice(0, 30) + "\n" + whole);
  });
  assert.equal(
    told,
    "Recovered run R1 (complete): 120 requests. Damaged, and so not loaded: 1 line of samples.jsonl. " +
      "It is kept in ASIDE/R1.",
  );
  assert.equal(rows, 120);
  assert.deepEqual(kept, ["R1"]);
});

for (
  const [what, content] of [
    ["an empty run.json", ""],
    ["half a run.json", '{"runId":"R1","lab'],
    ["a run.json of another version", '{"format":9,"runId":"R1"}'],
    ["a run.json that is an old one of another run", JSON.stringify(bareRun("R2"))],
    ["a run.json whose id is a path", JSON.stringify(bareRun("../../R1"))],
    ["a run.json with a field of the wrong type", JSON.stringify({ ...bareRun("R1"), startedAt: 7 })],
  ] as const
) {
  Deno.test(`${what} sets its spool aside, with one sentence`, async () => {
    const { told, rows, kept } = await recoverDamaged((dir) =>
      Deno.writeTextFileSync(join(dir, "run.json"), content)
    );
    assert.match(
      told,
      /^Cannot load the spool \S+R1 as a run: its run\.json is .*\. It is kept in ASIDE\/R1\.$/,
    );
    assert.equal(rows, 0);
    assert.deepEqual(kept, ["R1"]);
  });
}

Deno.test("a damaged segment costs the frame that was hit; the rows before and behind it are stored", async () => {
  const { told, rows } = await recoverDamaged((dir) => {
    const path = join(dir, "timing-0.seg");
    const bytes = Deno.readFileSync(path);
    bytes[bytes.length / 2 | 0]! ^= 1;
    Deno.writeFileSync(path, bytes);
  });
  assert.match(
    told,
    /^Recovered run R1 \(complete\): 104 requests\. Damaged, .*: [\d,]+ bytes of timing-0\.seg\. It is/,
  );
  assert.equal(rows, 104);
});

Deno.test("a folder in place of a segment, and a file in place of a spool or of all of them, are set aside", async () => {
  const { told, rows } = await recoverDamaged((dir) => {
    Deno.removeSync(join(dir, "timing-0.seg"));
    Deno.mkdirSync(join(dir, "timing-0.seg"));
  });
  assert.match(told, /Damaged, and so not loaded: timing-0\.seg \(Is a directory/);
  assert.equal(rows, 60);
  await inHome(async (home, db) => {
    Deno.mkdirSync(spoolRoot(home), { recursive: true });
    Deno.writeTextFileSync(join(spoolRoot(home), "R1"), "a file");
    assert.match(
      (await recoverRuns(home, db)).join("\n"),
      /run\.json is damaged.*It is kept in .*set-aside\/R1\.$/,
    );
    Deno.removeSync(spoolRoot(home));
    Deno.writeTextFileSync(spoolRoot(home), "a file");
    assert.match((await recoverRuns(home, db)).join("\n"), /It is kept in .*set-aside\/spool\.$/);
    writeSpool(home, "R2");
    assert.equal((await recoverRuns(home, db)).length, 1);
  });
});

Deno.test("what is set aside twice under one name is kept twice", () =>
  inHome(async (home, db) => {
    for (const name of ["R1", "R1-2"]) {
      Deno.writeTextFileSync(join(writeSpool(home, "R1"), "run.json"), "");
      assert.match((await recoverRuns(home, db))[0]!, new RegExp(`set-aside/${name}\\.$`));
    }
  }));

Deno.test("a run that was stored before its spool could be removed is stored once, also when the spool is torn since", () =>
  inHome(async (home, db) => {
    writeSpool(home, "R1");
    const whole = join(home, "whole");
    Deno.mkdirSync(whole);
    for (const { name } of Deno.readDirSync(join(spoolRoot(home), "R1"))) {
      Deno.copyFileSync(join(spoolRoot(home), "R1", name), join(whole, name));
    }
    await recoverRuns(home, db);
    Deno.renameSync(whole, join(spoolRoot(home), "R1"));
    assert.match((await recoverRuns(home, db))[0]!, /^Recovered run R1 \(complete\): 120 requests/);
    assert.equal((await storedRows(db, "R1")).length, 120);
    const dir = writeSpool(home, "R1");
    const bytes = Deno.readFileSync(join(dir, "timing-1.seg"));
    Deno.writeFileSync(join(dir, "timing-1.seg"), bytes.with(40, bytes[40]! ^ 1));
    assert.match((await recoverRuns(home, db))[0]!, /of 120 the spool has 104 left\. It is kept in/);
    assert.equal((await storedRows(db, "R1")).length, 120);
  }));

Deno.test("a kill while a loaded spool is removed does not bring half of it back", () =>
  inHome(async (home, db) => {
    const dir = writeSpool(home, "R1");
    Deno.removeSync(join(dir, "timing-0.seg"));
    Deno.renameSync(dir, join(spoolRoot(home), ".R1.loaded"));
    assert.deepEqual(await recoverRuns(home, db), []);
    assert.deepEqual([...Deno.readDirSync(spoolRoot(home))], []);
  }));

Deno.test("an interrupt ends a long load at once; the spool stays, and the next start loads it", () =>
  inHome(async (home, db) => {
    const spool = createSpool(home, bareRun("LONG"), DEAD);
    spool.operations([sqlOperation()]);
    spool.close();
    const slots = 200_000;
    {
      using writer = new SegmentWriter(spool.segmentPath(0), 0);
      for (let slot = 0; slot < slots; slot++) pushOk(writer, slot, slot);
    }
    const controller = new AbortController();
    const heard: number[] = [];
    const onProgress = (rows: number) => {
      heard.push(rows);
      if (rows > 50_000) controller.abort();
    };
    await assert.rejects(recoverRuns(home, db, { signal: controller.signal, onProgress }), InterruptedError);
    assert.ok(heard.at(-1)! < slots / 2, `it read ${heard.at(-1)} rows`);
    assert.deepEqual(pendingSpools(home).map(({ runId }) => runId), ["LONG"]);
    assert.deepEqual(await storedRows(db, "LONG"), []);
    assert.match((await recoverRuns(home, db))[0]!, /^Recovered run LONG \(crashed\): 200,000 requests/);
  }));

Deno.test("a timer is heard while a spool is loaded: so is Ctrl-C", () =>
  inHome(async (home, db) => {
    const spool = createSpool(home, bareRun("LONG"), DEAD);
    spool.operations([sqlOperation()]);
    spool.close();
    const slots = 400_000;
    {
      using writer = new SegmentWriter(spool.segmentPath(0), 0);
      for (let slot = 0; slot < slots; slot++) pushOk(writer, slot, slot);
    }
    const controller = new AbortController();
    let rows = 0;
    const onProgress = (so: number) => {
      rows = so;
      if (so > 20_000 && so < 40_000) setTimeout(() => controller.abort(), 1);
    };
    await assert.rejects(recoverRuns(home, db, { signal: controller.signal, onProgress }), InterruptedError);
    assert.ok(rows < slots);
  }));

Deno.test("a spool of the format before is loaded with all its values", () =>
  inHome(async (home, db) => {
    const runId = "20260102-030405-0001";
    const from = join(import.meta.dirname!, "../store/testdata", runId);
    const dir = join(spoolRoot(home), runId);
    Deno.mkdirSync(dir, { recursive: true });
    for (const { name } of Deno.readDirSync(from)) Deno.copyFileSync(join(from, name), join(dir, name));
    assert.match(
      (await recoverRuns(home, db)).join("\n"),
      /^Recovered run \S+ \(complete\): 40 requests\. deno/,
    );
    const rows = await storedRows(db, runId);
    assert.deepEqual(
      rows.map(({ slot, worker, arm, phase_id, done_us, error, cache, rows, bytes }) => {
        return { slot, worker, arm, phase_id, done_us, error, cache, rows, bytes };
      }),
      Array.from({ length: 40 }, (_, slot) => {
        const failed = slot % 5 === 3;
        const phase = Math.floor(slot / 10);
        return {
          slot,
          worker: slot % 2,
          arm: phase % 2 === 0 ? "a" : "b",
          phase_id: phase,
          done_us: slot * 1e5 + 4,
          error: failed ? `E${slot}` : null,
          cache: [null, "hit", "miss"][slot % 3]!,
          rows: failed ? null : slot,
          bytes: failed ? null : 10 * slot,
        };
      }),
    );
    await withStore(db, "read", async (store) => {
      assert.equal((await store.rows("SELECT * FROM sample")).length, 1);
    });
  }));
