import assert from "node:assert/strict";
import { join } from "node:path";
import { Client } from "pg";
import { withUserPostgres } from "../stack/testing_user_postgres.ts";
import { withWorkbench } from "./testing.ts";

const SCENARIO = {
  name: "blog",
  title: "A blog",
  dataset: { schemas: ["blog"], undo: "undo.sql", keys: { posts: { from: 1_000_000_000 } } },
  workload: "./blog",
  duration: 1,
  warmup: 0.2,
  block: 0.5,
  washout: 0.05,
  timeout: 5,
  paths: ["sql"],
  settings: {},
  arrivals: "poisson",
  rate: 20,
  operations: [
    { name: "publish", weight: 1, write: true, params: { id: { kind: "reserved", keys: "posts" } } },
  ],
};
const NARROW = "DELETE FROM ONLY blog.post WHERE id BETWEEN 1000000000 AND 1000000010;";
/** The first and the last key of the comparison are taken back. */
const HOLED = "DELETE FROM ONLY blog.post WHERE id BETWEEN 1000000000 AND 2000000000 OR id = 2000000009;";
const RIGHT = "DELETE FROM ONLY blog.post WHERE id BETWEEN 1000000000 AND 2099999999;";
const WIDE = "DELETE FROM ONLY blog.post;";

Deno.test("an undo that was too narrow is corrected in its file, and then takes back what was left", async (t) => {
  await withWorkbench(async (workbench) => {
    const dir = await Deno.makeTempDir({ prefix: "benchbook-narrow-" });
    await withUserPostgres(async ({ url }) => {
      const owner = new Client({ connectionString: url });
      await owner.connect();
      const env = { DATABASE_URL: url };
      const posts = async () => (await owner.query("SELECT count(*)::int AS n FROM blog.post")).rows[0].n;
      const undo = (sql: string) => Deno.writeTextFile(join(dir, "undo.sql"), sql);
      // In a process of its own: what a run owes is nobody else's while its process lasts.
      const bench = () => workbench.run("bench", [join(dir, "blog.ts"), "--no-report", "--json"], env);
      const clean = () => workbench.call("clean", ["--writes", "--yes"], env);
      try {
        await owner.query(
          "CREATE SCHEMA blog; CREATE TABLE blog.post (id integer PRIMARY KEY, title text);" +
            "INSERT INTO blog.post SELECT n, 'post' FROM generate_series(1, 20) AS n",
        );
        await Deno.mkdir(join(dir, "blog"));
        await Deno.writeTextFile(join(dir, "blog.ts"), `export default ${JSON.stringify(SCENARIO)};\n`);
        await Deno.writeTextFile(
          join(dir, "blog/publish.sql"),
          "-- Publishes.\n-- :id integer\nINSERT INTO blog.post VALUES (:id, 'bench') RETURNING title\n",
        );
        await Deno.writeTextFile(
          join(dir, "blog/publish.check.sql"),
          "-- What it left.\n-- :id integer\nSELECT title FROM blog.post WHERE id = :id\n",
        );
        await t.step(
          "one that misses the last key of a load is refused before anything is written",
          async () => {
            for (const narrow of [NARROW, RIGHT.replace("1000000000 AND", "1000000001 AND")]) {
              await undo(narrow);
              const { code, stderr } = await bench();
              assert.equal(code, 2, stderr);
              assert.match(
                stderr,
                /Cannot run blog: undo\.sql must take back all .* left what publish wrote for \[1\d{9}\]/,
              );
              assert.equal(await posts(), 20);
            }
          },
        );

        await undo(HOLED);
        await t.step("what it leaves is found by the comparison, before any load", async () => {
          const { code, stderr } = await bench();
          assert.equal(code, 3, stderr);
          assert.match(stderr, /Cannot take back what the comparison of the paths wrote/);
          assert.match(
            stderr,
            /undo\.sql if it is at fault, then run `deno task clean --writes`.*delete \S+\.json\.$/m,
          );
          assert.doesNotMatch(stderr, /\\n/);
          assert.equal(await posts(), 28);
        });

        await t.step("until it is taken back a run says how", async () => {
          await undo(RIGHT);
          const { code, stderr } = await bench();
          assert.equal(code, 2, stderr);
          assert.match(
            stderr,
            /`deno task clean --writes` shows it as it is then, asks, and takes that back/,
          );
          assert.doesNotMatch(stderr, /another BENCHBOOK_HOME|larger `from`/);
        });

        await t.step("one that is too wide now touches nothing", async () => {
          await undo(WIDE);
          const { code, stdout, stderr } = await clean();
          assert.equal(code, 3, stderr);
          const said = stdout + stderr;
          assert.match(
            said,
            /undo\.sql, which has changed since, says now:\n {2}DELETE FROM ONLY blog\.post;/,
          );
          assert.match(
            said,
            /it would remove or change 28 rows, and the run \S+ can have written 10 of them/,
          );
          assert.equal(await posts(), 28);
        });

        await t.step("the corrected one is shown and run, and the next run has its way", async () => {
          await undo(RIGHT);
          const { code, stdout, stderr } = await clean();
          assert.equal(code, 0, stdout + stderr);
          assert.match(stdout + stderr, /says now:\n {2}DELETE FROM ONLY blog\.post WHERE id BETWEEN/);
          assert.equal(await posts(), 20);
          const ran = await bench();
          assert.ok(
            ran.code === 0 || ran.code === 4 && /"verdict": "invalid"/.test(ran.stdout),
            `exit ${ran.code}\n${ran.stderr}`,
          );
          assert.equal(await posts(), 20);
        });
      } finally {
        await owner.end();
        await Deno.remove(dir, { recursive: true });
      }
    });
  });
});
