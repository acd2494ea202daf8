import assert from "node:assert/strict";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { BenchbookError, UsageError } from "../model/errors.ts";
import { fileProblem } from "./duckdb_file.ts";
import { openStore } from "./open.ts";
import { insertRun } from "./runs.ts";
import { bareRun, withStore, withTempDir } from "./testing.ts";

const ignore = Deno.build.os === "windows";

Deno.test(
  { name: "an empty file of the user's becomes the store in its place, and stays theirs", ignore },
  () =>
    withTempDir(async (dir) => {
      const [file, other, link] = ["runs.duckdb", "hard.duckdb", "link.duckdb"].map((name) =>
        join(dir, name)
      );
      Deno.writeFileSync(file!, new Uint8Array(), { mode: 0o640 });
      Deno.chmodSync(file!, 0o640);
      Deno.linkSync(file!, other!);
      Deno.symlinkSync(file!, link!);
      if (Deno.uid() === 0) Deno.chownSync(file!, 65_534, 65_534);
      const before = Deno.statSync(file!);
      await withStore(link!, "write", (store) => insertRun(store, bareRun("R1")));
      const after = Deno.statSync(file!);
      const facts = ({ ino, mode, uid, gid, nlink }: Deno.FileInfo) => ({ ino, mode, uid, gid, nlink });
      assert.deepEqual(facts(after), facts(before));
      assert.ok(Deno.lstatSync(link!).isSymlink);
      for (const name of [file!, other!]) {
        await withStore(name, "read", async (store) => {
          assert.equal((await store.rows("SELECT run_id FROM run")).length, 1);
        });
      }
      assert.deepEqual([...Deno.readDirSync(dir)].map(({ name }) => name).sort(), [
        "hard.duckdb",
        "link.duckdb",
        "runs.duckdb",
      ]);
    }),
);

Deno.test({ name: "a link that leads nowhere yet is followed", ignore }, () =>
  withTempDir(async (dir) => {
    Deno.symlinkSync(join(dir, "runs.duckdb"), join(dir, "link.duckdb"));
    await withStore(join(dir, "link.duckdb"), "write", (store) => insertRun(store, bareRun("R1")));
    assert.ok(Deno.lstatSync(join(dir, "link.duckdb")).isSymlink);
    assert.ok(Deno.lstatSync(join(dir, "runs.duckdb")).isFile);
  }));

Deno.test(
  { name: "what is no ordinary file is refused at once, and left as it is", ignore },
  () =>
    withTempDir(async (dir) => {
      const fifo = join(dir, "fifo");
      const made = await new Deno.Command("mkfifo", { args: [fifo] }).output();
      assert.ok(made.success);
      const listener = Deno.listen({ transport: "unix", path: join(dir, "socket") });
      Deno.symlinkSync(fifo, join(dir, "to_fifo"));
      Deno.mkdirSync(join(dir, "folder"));
      try {
        for (
          const [name, what] of [
            ["fifo", "is a pipe, not a file"],
            ["to_fifo", "is a pipe, not a file"],
            ["socket", "is a socket, not a file"],
            ["folder", "is a folder"],
            ["/dev/null", "is a device, not a file"],
          ] as const
        ) {
          const file = join(name.startsWith("/") ? "" : dir, name);
          assert.equal(fileProblem(file), what);
          for (const mode of ["read", "write"] as const) {
            await assert.rejects(openStore(file, { mode }), (error: BenchbookError) => {
              assert.ok(error instanceof BenchbookError, String(error));
              assert.ok(error.message.endsWith(`it ${what}`), error.message);
              return error.exitCode === 2;
            });
          }
        }
        assert.ok(Deno.lstatSync(fifo).isFifo);
      } finally {
        listener.close();
      }
    }),
);

Deno.test("files of other programs keep every byte, what DuckDB has not yet merged into one of them too", () =>
  withTempDir(async (dir) => {
    const texts = { "notes.txt": "to do\n", "other.sqlite": "SQLite format 3\0 and more of it" };
    for (const [name, text] of Object.entries(texts)) {
      Deno.writeTextFileSync(join(dir, name), text);
      for (const mode of ["read", "write"] as const) {
        await assert.rejects(openStore(join(dir, name), { mode }), /it is not a DuckDB file/);
      }
      assert.equal(Deno.readTextFileSync(join(dir, name)), text);
    }
    const file = join(dir, "theirs.duckdb");
    const instance = await DuckDBInstance.create(file);
    const connection = await instance.connect();
    await connection.run("PRAGMA disable_checkpoint_on_shutdown; CREATE TABLE orders AS SELECT 7 AS id");
    connection.closeSync();
    instance.closeSync();
    const bytes = () => [file, `${file}.wal`].map((path) => Deno.readFileSync(path));
    const before = bytes();
    for (const mode of ["read", "write"] as const) {
      await assert.rejects(openStore(file, { mode }), UsageError);
    }
    assert.deepEqual(bytes(), before);
  }));
