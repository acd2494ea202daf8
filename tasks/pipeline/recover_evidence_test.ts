import assert from "node:assert/strict";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { tmpdir } from "node:os";
import { dropRecord, keptRecords, spoolOf } from "../undo/journal.ts";
import { takeBackLeftWrites } from "../undo/left_writes.ts";
import type { WriteRecord } from "../undo/record.ts";
import { spoolRoot } from "../store/spool.ts";
import { withTempDir } from "../store/testing.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { recoverRuns } from "./recover.ts";
import { store } from "./store_run.ts";
import { DEAD, storedRows, writeSpool } from "./testing_spools.ts";

const RUN = "20260301-140500-ab12";
const OTHER = "20260301-140600-cd34";
const NOWHERE = { url: "postgres://127.0.0.1:1/none", embedded: false, held: false };

const record: WriteRecord = {
  schema: 1,
  runId: RUN,
  spool: RUN,
  scenario: "access-paths",
  owner: DEAD,
  since: "2026-03-01T14:05:00Z",
  place: { system: "1", host: "127.0.0.1", port: 1, database: "d", oid: 1, embedded: false },
  writes: { seed: 1, closed: false, operations: [], streams: [] },
  arms: [],
  retries: false,
  late: null,
  reserved: null,
  whole: false,
  own: null,
  looks: [],
  cachePrefix: null,
};

function write(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content, { mode: 0o600 });
}

/** A home with the spools of two runs that were killed, one of which wrote. */
async function withKilled(
  body: (
    home: string,
    start: () => Promise<string[]>,
    rows: (run: string) => Promise<number>,
  ) => Promise<void>,
  spools?: string,
): Promise<void> {
  await withTempDir(async (dir) => {
    const [home, db] = [join(dir, "home"), join(dir, "store.duckdb")];
    mkdirSync(home);
    if (spools !== undefined) symlinkSync(spools, spoolRoot(home));
    for (const run of [RUN, OTHER]) writeSpool(home, run);
    write(join(home, "undo", `${RUN}.json`), JSON.stringify(record));
    await body(home, () => recoverRuns(home, db), async (run) => (await storedRows(db, run)).length);
    // Beside spools elsewhere it lies where that is another disk.
  }, spools === undefined ? undefined : tmpdir());
}

function segmentsIn(dir: string): Record<string, string> {
  const names = readdirSync(dir).filter((name) => name.startsWith("timing-")).sort();
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(dir, name), "latin1")]));
}

Deno.test({
  name: "what a spool tells of writes is copied where it cannot be linked, and the spool is loaded",
  ignore: statSync("/dev/shm", { throwIfNoEntry: false })?.dev === undefined ||
    statSync("/dev/shm").dev === statSync(Deno.env.get("TMPDIR") ?? "/tmp").dev,
  async fn() {
    const elsewhere = Deno.makeTempDirSync({ dir: "/dev/shm" });
    try {
      await withKilled(async (home, start, rows) => {
        const segments = segmentsIn(join(spoolRoot(home), RUN));
        const told = await start();
        assert.match(told.join("\n"), /^Recovered run \S+ab12 .*\nRecovered run \S+cd34 .*$/);
        assert.deepEqual(readdirSync(elsewhere), []);
        assert.deepEqual([await rows(RUN), await rows(OTHER)], [120, 120]);
        const kept = spoolOf(home, record)!;
        assert.deepEqual(segmentsIn(kept), segments);
        assert.deepEqual(readdirSync(kept).sort(), Object.keys(segments), "and nothing else");
      }, elsewhere);
    } finally {
      rmSync(elsewhere, { recursive: true });
    }
  },
});

Deno.test("what is kept twice is there once, whole", () =>
  withKilled(async (home, start) => {
    const dir = join(spoolRoot(home), RUN);
    const segments = segmentsIn(dir);
    const kept = join(home, "undo", "spools", RUN);
    write(join(kept, "timing-0.seg"), "torn");
    write(join(kept, "timing-1.seg.part"), "torn");
    await start();
    assert.deepEqual(segmentsIn(kept), segments);
    assert.deepEqual(readdirSync(kept).sort(), Object.keys(segments));
  }));

for (const place of [["spools"], ["spools", RUN], ["spools", RUN, "timing-0.seg", "folder"]]) {
  Deno.test(`with a file at undo/${place.join("/")} the spool stays, and the start goes on`, () =>
    withKilled(async (home, start, rows) => {
      const dir = join(spoolRoot(home), RUN);
      const segments = segmentsIn(dir);
      const inTheWay = join(home, "undo", ...place);
      write(inTheWay, "of nobody");
      for (const more of [1, 0]) {
        const told = await start();
        assert.equal(told.length, 1 + more, told.join("\n"));
        assert.match(
          told[0]!,
          /^Cannot keep what the run \S+ab12 tells of its writes: .*\. Its spool stays in .*ab12/,
        );
        assert.deepEqual(segmentsIn(dir), segments);
        assert.equal(readFileSync(inTheWay, "utf8"), "of nobody");
        assert.equal(spoolOf(home, record), dir);
      }
      assert.deepEqual([await rows(RUN), await rows(OTHER)], [0, 120]);
      rmSync(join(home, "undo", "spools"), { recursive: true });
      assert.match((await start()).join("\n"), /^Recovered run \S+ab12 \(complete\): 120 requests/);
      assert.deepEqual(segmentsIn(spoolOf(home, record)!), segments);
    }));
}

Deno.test("what a record that others may write tells of is kept too: put right, it is a record again", () =>
  withKilled(async (home, start) => {
    const segments = segmentsIn(join(spoolRoot(home), RUN));
    const path = join(home, "undo", `${RUN}.json`);
    chmodSync(path, 0o666);
    assert.equal((await start()).length, 2);
    assert.equal((await keptRecords(home)).records.length, 0);
    chmodSync(path, 0o600);
    assert.equal((await keptRecords(home)).records.length, 1);
    assert.deepEqual(segmentsIn(spoolOf(home, record)!), segments);
  }));

Deno.test("a run that has just ended is stored, and its spool stays where what it tells cannot be kept", () =>
  withKilled(async (home, _start, rows) => {
    const [dir, db] = [join(spoolRoot(home), RUN), join(home, "..", "store.duckdb")];
    const printed: string[] = [];
    const terminal = {
      print: (line: string) => void printed.push(line),
      step: async (_title: string, work: (progress: () => void) => Promise<{ value: unknown }>) =>
        (await work(() => {})).value,
    } as unknown as Terminal;
    const { signal } = new AbortController();
    const measured = { runId: RUN, spoolDir: dir, config: { home }, db, terminal, signal };
    const inTheWay = join(home, "undo", "spools");
    write(inTheWay, "of nobody");
    await store(measured);
    assert.match(printed.join("\n"), /^! Cannot keep what the run \S+ab12 tells of its writes: .*\.$/);
    assert.ok(existsSync(dir));
    rmSync(inTheWay);
    await store(measured);
    assert.equal(printed.length, 1);
    assert.ok(!existsSync(dir));
    assert.equal(await rows(RUN), 120);
    assert.notEqual(spoolOf(home, record), null);
  }));

Deno.test("a file in the place of what is kept tells of nothing, and ends no undo", () =>
  withTempDir(async (home) => {
    write(join(home, "undo", "spools", RUN), "of nobody");
    assert.equal(spoolOf(home, record), null);
    await dropRecord(home, record);
    rmSync(join(home, "undo"), { recursive: true });
    write(join(home, "undo", "spools"), "of nobody");
    write(join(home, "undo", `${RUN}.json`), JSON.stringify(record));
    await dropRecord(home, record);
    assert.deepEqual(readdirSync(join(home, "undo")), ["spools"]);
  }));

Deno.test("a file in the place of a spool, of all spools and of what is set aside ends no start", () =>
  withTempDir(async (dir) => {
    const [home, db] = [join(dir, "home"), join(dir, "store.duckdb")];
    write(join(home, "undo", `${RUN}.json`), JSON.stringify(record));
    write(join(spoolRoot(home), RUN), "of nobody");
    assert.match((await recoverRuns(home, db)).join("\n"), /It is kept in .*set-aside\/\S+ab12\.$/);
    rmSync(spoolRoot(home), { recursive: true });
    rmSync(join(home, "set-aside"), { recursive: true });
    write(spoolRoot(home), "of nobody");
    write(join(home, "set-aside"), "of nobody");
    assert.match((await recoverRuns(home, db)).join("\n"), /It stays in .*spool, since it cannot be moved/);
  }));

Deno.test("a damaged record stays where it cannot be set aside, and none that was is replaced", () =>
  withTempDir(async (home) => {
    const path = join(home, "undo", `${RUN}.json`);
    for (
      const stands of [
        () => mkdirSync(`${path}.damaged`, { recursive: true }),
        () => write(join(`${path}.damaged`, "file"), "x"),
        () => write(`${path}.damaged`, "an earlier one"),
      ]
    ) {
      stands();
      write(path, '{"schema":1,"runI');
      for (let look = 0; look < 2; look++) {
        const { told, left } = await takeBackLeftWrites(home, NOWHERE);
        assert.deepEqual(told, []);
        assert.equal(left.length, 2);
        assert.match(
          left[0]!,
          /^Cannot read what the run \S+ab12 may have written: .* delete .*ab12\.json\.$/,
        );
        assert.match(
          left[1]!,
          /^Cannot read what the run \S+ab12 may have written: .*ab12\.json\.damaged\.$/,
        );
        assert.equal(readFileSync(path, "utf8"), '{"schema":1,"runI');
      }
      assert.equal((await keptRecords(home)).records.length, 0);
      if (statSync(`${path}.damaged`).isFile()) {
        assert.equal(readFileSync(`${path}.damaged`, "utf8"), "an earlier one");
      }
      rmSync(join(home, "undo"), { recursive: true });
      assert.ok(!existsSync(path));
    }
  }));
