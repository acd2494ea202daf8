import assert from "node:assert/strict";
import { join } from "node:path";
import { Client } from "pg";
import { loadWorkload } from "../load/arms.ts";
import { loadScenario } from "../load/scenario.ts";
import type { PlannedArm } from "../model/arms.ts";
import { UsageError } from "../model/errors.ts";
import { withDatabase } from "../stack/testing_shared.ts";
import { lookAtOwnWrites } from "../undo/own_writes.ts";
import { readOwnWrites, tellOwnWrites } from "./own_writes.ts";

const SETUP = `
  CREATE SCHEMA blog;
  CREATE TABLE blog.post (id integer PRIMARY KEY, title text);
  CREATE TABLE blog.stock (id integer PRIMARY KEY, n integer);
  CREATE TABLE blog.log (id bigserial, post integer);
  CREATE FUNCTION blog.insert_only(integer) RETURNS integer LANGUAGE sql AS
    'INSERT INTO blog.post VALUES ($1, ''bench'') RETURNING id';
  CREATE FUNCTION blog.atomic(a integer) RETURNS void LANGUAGE sql
    BEGIN ATOMIC UPDATE blog.stock SET n = n - 1 WHERE id = a; END;
  CREATE FUNCTION blog.outer_one(a integer) RETURNS void LANGUAGE plpgsql AS $$
  DECLARE found integer := 0;
  BEGIN
    IF found = 0 THEN found := blog.inner_one(a); END IF;
  END $$;
  CREATE FUNCTION blog.inner_one(a integer) RETURNS integer LANGUAGE plpgsql AS $$
  BEGIN DELETE FROM blog.stock WHERE id = a; INSERT INTO blog.log (post) VALUES (a); RETURN 1; END $$;
  CREATE FUNCTION blog.made(a integer) RETURNS void LANGUAGE plpgsql AS $$
  BEGIN EXECUTE 'UPDATE blog.stock SET n = 0'; END $$;
  CREATE PROCEDURE blog.proc(a integer) LANGUAGE sql AS 'DELETE FROM blog.stock WHERE id = $1';
  CREATE FUNCTION blog.reads(a integer) RETURNS bigint LANGUAGE sql STABLE AS 'SELECT count(*) FROM blog.stock';`;
const INSERT = "INSERT INTO blog.post VALUES (:id, 'bench') RETURNING title";

/** Reads what a scenario of one write and an arm of it write. */
async function read(
  write: string,
  { own, mutation, undo = "", triggers }: {
    own?: string;
    mutation?: string;
    undo?: string;
    triggers?: "undone";
  } = {},
) {
  const dir = await Deno.makeTempDir();
  try {
    const parameters = "-- Writes.\n-- :id integer\n";
    const files: Record<string, string> = {
      "undo.sql": `DELETE FROM ONLY blog.post WHERE id BETWEEN 1000000000 AND 2099999999;${undo}`,
      "blog/publish.sql": parameters + write,
      ...mutation === undefined ? {} : {
        "blog/publish.graphql": `# Writes.\n# result: it\nmutation Publish($id: Int!) { it: ${mutation} }\n`,
      },
      ...own === undefined ? {} : { "own/publish.sql": parameters + own },
      "blog.ts": `export default ${
        JSON.stringify({
          name: "blog",
          title: "A blog",
          dataset: {
            schemas: ["blog"],
            undo: "undo.sql",
            keys: { posts: { from: 1_000_000_000 } },
            ...triggers === undefined ? {} : { triggers },
          },
          workload: "./blog",
          ...{ duration: 1, warmup: 0.2, block: 0.5, washout: 0.05, timeout: 5, rate: 20 },
          paths: mutation === undefined ? ["sql"] : ["sql", "graphql"],
          settings: {},
          arrivals: "poisson",
          operations: [
            { name: "publish", weight: 1, write: true, params: { id: { kind: "reserved", keys: "posts" } } },
          ],
        })
      };`,
    };
    for (const folder of ["blog", "own"]) await Deno.mkdir(join(dir, folder));
    for (const [name, text] of Object.entries(files)) await Deno.writeTextFile(join(dir, name), text);
    const scenario = await loadScenario(join(import.meta.dirname!, "../.."), join(dir, "blog.ts"));
    const workload = await loadWorkload(scenario.workloadDir, scenario);
    const arm = { name: "own", file: join(dir, "own.json"), path: "sql", overrides: { queries: "own" } };
    const plan = { arms: own === undefined ? [] : [arm as unknown as PlannedArm] };
    const job = { scenario, plan } as unknown as Parameters<typeof readOwnWrites>[0];
    return { scenario, writes: (await readOwnWrites(job, workload))! };
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

Deno.test("an arm's own write is read as the scenario's is", async () => {
  await assert.rejects(
    read(INSERT, { own: "UPDATE blog.stock SET n = n - :id\nWHERE n > 0 RETURNING 'bench'" }),
    (error: UsageError) => {
      assert(error instanceof UsageError, String(error));
      assert.match(
        error.message,
        /own\/publish\.sql:3 is an UPDATE of blog\.stock whose rows are chosen by no/,
      );
      return true;
    },
  );
  const { writes } = await read(INSERT, {
    own: "INSERT INTO blog.log (post) VALUES (:id) RETURNING 'bench'",
  });
  assert.deepEqual(writes.asked.map(({ table }) => table), ["post", "log"]);
});

Deno.test("a mutation that changes rows that stand there is refused", async () => {
  const refused = [
    'updatePost(input: { rowId: 7, patch: { likes: $id, title: "x" } }) { post { title } }',
    "delete_post(where: { id: { _lt: 7 } }) { returning { title } }",
    "insert_post_one(object: { id: $id }, on_conflict: { constraint: c, update_columns: [title] }) { title }",
  ];
  for (const mutation of refused) {
    await assert.rejects(
      read(INSERT, { mutation }),
      /^UsageError: Cannot run blog: .*publish\.graphql asks for \w+, whose rows are chosen by no parameter$/,
    );
  }
  const kept = [
    "createPost(input: { post: { rowId: $id } }) { post { updatedAt } }",
    'updatePost(input: { rowId: $id, patch: { title: "x" } }) { post { title } }',
  ];
  for (const mutation of kept) await read(INSERT, { mutation });
  await read(INSERT, { mutation: refused[0]!, undo: "UPDATE blog.post SET likes = 0 WHERE likes > 9;" });
});

Deno.test("what the load of an arm or of a migration would write beyond a clone is refused", () =>
  withDatabase(async (url) => {
    const client = new Client({ connectionString: url });
    await client.connect();
    try {
      await client.query(
        "CREATE SCHEMA blog; CREATE FOREIGN DATA WRAPPER far; CREATE SERVER away FOREIGN DATA WRAPPER far;" +
          "CREATE FOREIGN TABLE blog.post (id integer, title text) SERVER away",
      );
      const { scenario, writes } = await read(INSERT);
      const terminal = { print: () => {} };
      const tell = (overrides: object, place?: string) =>
        tellOwnWrites(
          {
            scenario,
            terminal,
            plan: { arms: [{ name: "indexed", path: "sql", overrides }] },
            ...place !== undefined && { migrating: { place } },
          } as unknown as Parameters<typeof tellOwnWrites>[0],
          [url],
          writes,
        );
      await assert.rejects(
        tell({ change: { file: "a.sql", sha256: "", statements: [] } }),
        /^UsageError: Cannot measure the arm indexed on a clone: .*foreign table blog\.post, /,
      );
      await assert.rejects(
        tell({}, "clone"),
        /^UsageError: Cannot migrate a clone: the scenario writes into the foreign table blog\.post, /,
      );
      assert.deepEqual([await tell({}), await tell({}, "in-place")], [[], []]);
    } finally {
      await client.end();
    }
  }));

Deno.test("what a write's functions write is read, and refused where nobody takes it back", () =>
  withDatabase(async (url) => {
    const client = new Client({ connectionString: url });
    await client.connect();
    try {
      await client.query(SETUP);
      const look = async (...given: Parameters<typeof read>) => {
        const { scenario, writes } = await read(...given);
        return await lookAtOwnWrites(client, scenario, writes);
      };
      const refused: [write: string, message: RegExp][] = [
        [
          "SELECT blog.atomic(:id)",
          /its writes call blog\.atomic\(\), which may change rows of blog\.stock .*\(UPDATE\)/,
        ],
        [
          "SELECT blog.outer_one(:id)",
          /call blog\.inner_one\(\), which may change rows of blog\.stock .*\(DELETE\)/,
        ],
        ["CALL blog.proc(:id)", /call blog\.proc\(\), which may change rows of blog\.stock/],
        [
          "SELECT blog.made(:id)",
          /call blog\.made\(\) \(it executes SQL that it makes\), which could not be read/,
        ],
      ];
      for (const [write, message] of refused) {
        await assert.rejects(look(write), (error: UsageError) => {
          assert(error instanceof UsageError, String(error));
          assert.match(error.message, message);
          assert.match(error.next!, /dataset\.triggers: "undone"/);
          return true;
        });
        const [told] = await look(write, { triggers: "undone" });
        assert.match(told!, /^Writes call blog\..*taken back only as far as undo\.sql does it/);
      }
      await look("SELECT blog.atomic(:id)", { undo: "UPDATE blog.stock SET n = 1 WHERE n < 0;" });
      assert.deepEqual(await look("SELECT blog.insert_only(:id), blog.reads(1), now()"), []);
      // What an arm's own write calls, and the sequence of a table that only a function writes into.
      await assert.rejects(look(INSERT, { own: "SELECT blog.atomic(:id)" }), /call blog\.atomic\(\)/);
      const told = await look("SELECT blog.outer_one(:id)", { triggers: "undone" });
      assert.match(told.at(-1)!, /^Each write draws a value from the sequence blog\.log_id_seq/);
      await client.query(
        "CREATE FUNCTION blog.note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';" +
          "CREATE TRIGGER noted AFTER INSERT ON blog.post FOR EACH ROW EXECUTE FUNCTION blog.note()",
      );
      await assert.rejects(
        look("SELECT blog.insert_only(:id)"),
        /its writes, and undo\.sql after them, set off the trigger noted on blog\.post: /,
      );
    } finally {
      await client.end();
    }
  }));
