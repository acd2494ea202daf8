import assert from "node:assert/strict";
import { join } from "node:path";
import { UsageError } from "../model/errors.ts";
import { readEnvFile } from "../config.ts";
import { openStore } from "../store/open.ts";
import { quoted, withMounts } from "./testing_mounts.ts";
import { SHORT, withWorkbench, type Workbench } from "./testing.ts";

const RUN = `exec "$DENO" run -A --quiet --no-check "$TASKS/bench.ts" ${quoted(SHORT)} --paths sql`;

/** What stands against keeping a run's results, and what is said before anything is started for it. */
const FAULTS: readonly {
  readonly what: string;
  readonly make?: (bench: Workbench) => Promise<void>;
  readonly mount?: string;
  readonly code: number;
  readonly said: RegExp;
}[] = [
  {
    what: "a reports folder on a disk that is nearly full",
    mount: 'mkdir -p "$BENCHBOOK_REPORTS" && mount -t tmpfs -o size=8m tmpfs "$BENCHBOOK_REPORTS" || exit 99',
    code: 3,
    // The timings alone need little; which of the two is asked first does not matter.
    said:
      /^error: Cannot (write reports to .*: 8 MB are free there, 50 MB are needed|keep the timings of .*)\n {2}/,
  },
  {
    what: "a read-only reports folder",
    mount: 'mkdir -p "$BENCHBOOK_REPORTS" && mount -t tmpfs -o ro tmpfs "$BENCHBOOK_REPORTS" || exit 99',
    code: 3,
    said:
      /^error: Cannot write reports to .*: its file system is read-only\n {2}Mount it for writing, or set BENCHBOOK_REPORTS/,
  },
  {
    what: "a folder for temporary files that is full",
    mount:
      'mkdir "$BENCHBOOK_HOME/tmp" && mount -t tmpfs -o size=16k tmpfs "$BENCHBOOK_HOME/tmp" || exit 99\n' +
      'export TMPDIR="$BENCHBOOK_HOME/tmp"',
    code: 3,
    said:
      /^error: Cannot write temporary files to .*tmp: its disk is full\n {2}Free some space there, or set TMPDIR/,
  },
  {
    what: "a read-only home",
    mount:
      'mount --bind "$BENCHBOOK_HOME" "$BENCHBOOK_HOME" && mount -o remount,bind,ro "$BENCHBOOK_HOME" || exit 99',
    code: 3,
    said:
      /^error: Cannot write to .*: its file system is read-only\n {2}Mount it for writing, or set BENCHBOOK_HOME/,
  },
  {
    what: "a store that was cut short",
    async make({ db }) {
      const store = await openStore(db, { mode: "write" });
      await store.run(
        "INSERT INTO sample SELECT 'R', range, 'host', 'm' || hash(range), '{}', random() FROM range(100000)",
      );
      store.close();
      // Its last block may be one that nothing needs.
      await Deno.truncate(db, Math.floor((await Deno.stat(db)).size / 2));
    },
    code: 3,
    said: /^error: Cannot (store runs in|open) .*it is cut short.*\n {2}.*--db/,
  },
  {
    what: "a database of the user's in the store's place",
    async make({ db, reports }) {
      await Deno.mkdir(reports, { recursive: true });
      const { DuckDBInstance } = await import("@duckdb/node-api");
      const instance = await DuckDBInstance.create(db);
      const connection = await instance.connect();
      await connection.run("CREATE TABLE orders (id INTEGER)");
      connection.closeSync();
      instance.closeSync();
    },
    code: 2,
    said: /^error: Cannot use .* as a store: it is a database of something else, with the table orders\n/,
  },
  {
    what: "a page of the user's in the place of the list of runs",
    async make({ reports }) {
      await Deno.mkdir(reports, { recursive: true });
      await Deno.writeTextFile(join(reports, "index.html"), "<h1>mine</h1>");
    },
    code: 2,
    said:
      /^error: Cannot write the list of runs to .*: a page lies there that is not Benchbook's\n {2}Move it away/,
  },
];

for (const { what, make, mount = "", code, said } of FAULTS) {
  Deno.test(`before anything is started a run says that its results could not be kept: ${what}`, () =>
    withWorkbench(async (bench) => {
      await make?.(bench);
      const env = { BENCHBOOK_HOME: bench.home, BENCHBOOK_REPORTS: bench.reports };
      const result = await withMounts(`${mount}\n${RUN}`, env);
      assert.match(result.stderr, said);
      assert.doesNotMatch(result.stderr, /\n\s+at /, "no stack trace");
      assert.equal(result.code, code);
      assert.equal(result.stdout, "");
      await assert.rejects(Deno.stat(join(bench.home, "logs", "postgres.log")), "no server was started");
      if (what.startsWith("a page")) {
        assert.equal(await Deno.readTextFile(join(bench.reports, "index.html")), "<h1>mine</h1>");
      }
    }));
}

/** Replaces a report by one that the disk has no room for. */
const REPLACE = `
import { replaceDirectory, replaceFile } from ${JSON.stringify(import.meta.resolve("../report/write.ts"))};
import { reportError } from ${JSON.stringify(import.meta.resolve("../terminal/command.ts"))};
const [folder] = Deno.args;
const write = (bytes) => (temporary) => Deno.writeFile(temporary + "/index.html", new Uint8Array(bytes));
await replaceDirectory(folder + "/run", write(1000));
await replaceFile(folder + "/index.html", "old");
const codes = [];
for (const work of [
  () => replaceDirectory(folder + "/run", write(20_000_000)),
  () => replaceFile(folder + "/index.html", "x".repeat(20_000_000)),
]) await work().catch((error) => codes.push(reportError(error)));
const size = (name) => Deno.statSync(folder + "/" + name).size;
const names = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
console.log(JSON.stringify({ codes, run: size("run/index.html"), index: size("index.html"), names }));
`;

Deno.test("a disk that fills up under a report leaves the previous one whole, and nothing beside it", () =>
  withWorkbench(async ({ home }) => {
    await Deno.writeTextFile(join(home, "replace.ts"), REPLACE);
    const script = 'mkdir "$DISK" && mount -t tmpfs -o size=4m tmpfs "$DISK" || exit 99\n' +
      'exec "$DENO" run -A --quiet --no-check --config "$CONFIG" "$SCRIPT" "$DISK"';
    const { stdout, stderr } = await withMounts(script, {
      DISK: join(home, "disk"),
      SCRIPT: join(home, "replace.ts"),
    });
    assert.deepEqual(JSON.parse(stdout || stderr), {
      codes: [3, 3],
      run: 1000,
      index: 3,
      names: ["index.html", "run"],
    });
    assert.match(
      stderr,
      /Cannot write the report to .*run: .*\n {2}Free some disk space, then run `deno task report`/,
    );
  }));

Deno.test("an .env that cannot be read is a mistake with a sentence, and none is no mistake", async () => {
  const folder = await Deno.makeTempDir();
  try {
    assert.deepEqual(readEnvFile(join(folder, "none")), {});
    assert.throws(
      () => readEnvFile(folder),
      (error) => error instanceof UsageError && error.next !== undefined,
    );
  } finally {
    await Deno.remove(folder);
  }
});
