import assert from "node:assert/strict";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { withWorkbench, type Workbench } from "./testing.ts";

const FILES: Readonly<Record<string, string>> = {
  "setup.sql": `
    CREATE SCHEMA shop;
    CREATE TABLE shop.item (id integer PRIMARY KEY, name text NOT NULL, price numeric(8, 2) NOT NULL);
    INSERT INTO shop.item SELECT n, 'item ' || n, n + 0.5 FROM generate_series(1, 500) AS n;
    CREATE TABLE shop.visit (visit_id bigint PRIMARY KEY, item_id integer NOT NULL REFERENCES shop.item);`,
  "undo.sql": "DELETE FROM shop.visit;",
  "names.sql": "SELECT id, name FROM shop.item WHERE id <= 50 ORDER BY id",
  "items.csv": `number,label\n${
    Array.from({ length: 40 }, (_, at) => `${at + 1},item ${at + 1}`).join("\n")
  }\n`,
  "shop/item-by-id.sql":
    "-- An item.\n-- :id integer\nSELECT id, name, price FROM shop.item WHERE id = :id\n",
  "shop/items-named.sql":
    "-- Items of a name.\n-- :id integer\n-- :name text\nSELECT id, name FROM shop.item WHERE id = :id AND name = :name ORDER BY id\n",
  "shop/neighbour.sql":
    "-- The item after it.\n-- :id integer\nSELECT id, name FROM shop.item WHERE id = :id + 1\n",
};

const SCENARIO = {
  name: "own-shop",
  title: "A shop of one's own",
  dataset: { schemas: ["shop"], setup: "setup.sql", undo: "undo.sql" },
  workload: "./shop",
  duration: 3,
  warmup: 0.5,
  block: 1,
  washout: 0.1,
  timeout: 5,
  paths: ["sql"],
  slo: "errors<1%",
  settings: {},
  sources: { names: { sql: "names.sql" }, items: { csv: "items.csv" } },
  streams: [
    {
      name: "lookups",
      arrivals: "poisson",
      rate: 60,
      stages: [{ duration: 1, rate: 60 }, { duration: 1, rate: 120, shape: "step" }, {
        duration: 1,
        rate: 0,
      }],
      operations: [
        {
          name: "item-by-id",
          weight: 3,
          params: { id: { kind: "source", source: "items", column: "number", pick: "zipf", s: 1 } },
        },
        {
          name: "items-named",
          weight: 1,
          params: {
            id: { kind: "source", source: "names", column: "id" },
            name: { kind: "source", source: "names", column: "name" },
          },
        },
      ],
    },
    {
      name: "visits",
      arrivals: "constant",
      rate: 10,
      session: { think: { kind: "exponential", seconds: 0.05 } },
      operations: [
        { name: "first-item", weight: 1, params: { id: { kind: "integer", min: 1, max: 400 } } },
        {
          name: "neighbour",
          weight: 1,
          // The earlier name of `captured`, as users' files may have it.
          params: { id: { kind: "carried", from: "first-item", column: "id" } },
        },
      ],
    },
  ],
};

async function write(dir: string, scenario: unknown, files = FILES): Promise<string> {
  await Deno.mkdir(join(dir, "shop"), { recursive: true });
  for (const [name, text] of Object.entries(files)) await Deno.writeTextFile(join(dir, name), text);
  await Deno.copyFile(join(dir, "shop/item-by-id.sql"), join(dir, "shop/first-item.sql"));
  const file = join(dir, "own.ts");
  await Deno.writeTextFile(file, `export default ${JSON.stringify(scenario)};\n`);
  return file;
}

async function query<Row>(db: string, sql: string): Promise<Row[]> {
  const instance = await DuckDBInstance.create(db, { access_mode: "READ_ONLY" });
  try {
    const connection = await instance.connect();
    const rows = (await connection.runAndReadAll(sql)).getRowObjectsJson() as Row[];
    connection.disconnectSync();
    return rows;
  } finally {
    instance.closeSync();
  }
}

const words = (file: string, args: string[] = []) => [file, "--no-report", "--json", ...args];
const bench = (workbench: Workbench, file: string, args?: string[]) =>
  workbench.call("bench", words(file, args));

Deno.test("a scenario with tables, streams, stages, sources and sessions of its own", async (t) => {
  await withWorkbench(async (workbench) => {
    const dir = join(workbench.home, "mine");
    const file = await write(dir, SCENARIO);
    await t.step("runs without any data set of Benchbook's, every slot accounted for", async () => {
      const { code, stdout, stderr } = await bench(workbench, file);
      assert(code === 0 || code === 4 && /"verdict": "invalid"/.test(stdout), `exit ${code}\n${stderr}`);
      const summary = JSON.parse(stdout);
      const slots = summary.validity.checks.find(({ name }: { name: string }) => name === "slots");
      assert.equal(slots.ok, true, slots.measured);
      assert.equal(summary.run.environment?.dataset?.name ?? summary.environment.dataset.name, "own-shop");
    });

    await t.step(
      "streams keep their mix, rows of a source stay together, sessions capture answers",
      async () => {
        const counts = Object.fromEntries(
          (await query<{ name: string; n: string; rows: string; slots: string }>(
            workbench.db,
            `SELECT name, count(*) FILTER (outcome = 'ok') AS n, sum(rows) FILTER (outcome = 'ok') AS rows, count(*) AS slots
             FROM timing JOIN operation USING (run_id, operation_id) GROUP BY name`,
          )).map(({ name, n, rows, slots }) => [name, {
            n: Number(n),
            rows: Number(rows),
            slots: Number(slots),
          }]),
        );
        // Both parameters came from one row, so each request found it.
        assert.equal(counts["items-named"]!.rows, counts["items-named"]!.n);
        assert.equal(counts["neighbour"]!.rows, counts["neighbour"]!.n);
        assert(counts["item-by-id"]!.n > counts["items-named"]!.n);
        // 10 sessions a second over 3.5 s; those of its last moments may end with the run, and on a busy machine they are more.
        const { slots } = counts["first-item"]!;
        assert(slots >= 34 && slots <= 36, JSON.stringify(counts));
        assert(counts["neighbour"]!.n >= slots / 2, JSON.stringify(counts));
      },
    );

    await t.step("stages shape the rate over time", async () => {
      const seconds = await query<{ second: number; n: string }>(
        workbench.db,
        `SELECT ((intended_us - 500000) // 1000000)::INTEGER AS second, count(*) AS n
         FROM timing JOIN operation USING (run_id, operation_id)
         WHERE name IN ('item-by-id', 'items-named') AND intended_us >= 500000 GROUP BY second ORDER BY second`,
      );
      const by = seconds.map(({ n }) => Number(n));
      assert(by[1]! > by[0]! * 1.3, `${by}`);
      // The last second falls from the step's 120 to nothing: half of it.
      assert(by[2]! < by[1]! * 0.8, `${by}`);
    });

    await t.step("one setup serves the next run, and a faulty one is named", async () => {
      const again = await bench(workbench, file, ["--duration", "1s"]);
      assert(again.code === 0 || again.code === 4, again.stderr);
      await Deno.writeTextFile(
        join(dir, "setup.sql"),
        "CREATE SCHEMA shop; CREATE TABLE shop.item (id intger);",
      );
      const faulty = await workbench.call("bench", words(file));
      assert.equal(faulty.code, 2, faulty.stderr);
      assert.match(faulty.stderr, /setup\.sql of the scenario file .*own\.ts: type "intger" does not exist/);
    });

    await t.step("one that names other schemas has a database of its own", async () => {
      const other = await write(join(workbench.home, "other"), {
        ...SCENARIO,
        dataset: { ...SCENARIO.dataset, schemas: ["stall"] },
      });
      const { code, stderr } = await workbench.call("bench", words(other));
      assert.equal(code, 2, stderr);
      assert.match(stderr, /there are no tables in stall[\s\S]*dataset\.setup/);
    });

    const faults: [string, (scenario: typeof SCENARIO) => unknown, Record<string, string>, RegExp][] = [
      ["a column that the source has not", (scenario) => scenario, {
        "items.csv": "numbr,label\n1,a\n",
      }, /sources\.items: has no column "number"[\s\S]*Did you mean "numbr"/],
      [
        "a source without rows",
        (scenario) => scenario,
        { "items.csv": "number,label\n" },
        /sources\.items: has no rows/,
      ],
      [
        "a source that is not there",
        (scenario) => ({ ...scenario, sources: { ...scenario.sources, items: { csv: "none.csv" } } }),
        {},
        /sources\.items: cannot be read: there is no file/,
      ],
      [
        "a source whose SQL is not there",
        (scenario) => ({ ...scenario, sources: { ...scenario.sources, names: { sql: "none.sql" } } }),
        {},
        /sources\.names: cannot be read: there is no file/,
      ],
      [
        "a setup that is not there",
        (scenario) => ({ ...scenario, dataset: { ...scenario.dataset, setup: "none.sql" } }),
        {},
        /dataset\.setup: there is no file .*none\.sql/,
      ],
      [
        "a source that is not SQL",
        (scenario) => scenario,
        { "names.sql": "SELECT id, name\nFROM shop.item\nWHERE id =< ORDER BY id" },
        /names\.sql:3 as SQL: syntax error at or near "ORDER"/,
      ],
      [
        "a setup that is not SQL",
        (scenario) => scenario,
        { "setup.sql": "CREATE SCHEMA shop;\nCREATE TABEL shop.item (id int);" },
        /setup\.sql:2 as SQL: syntax error at or near "TABEL"/,
      ],
      [
        "an undo that is not SQL",
        (scenario) => scenario,
        { "undo.sql": "DELETE FROM shop.visit\nWERE true" },
        /undo\.sql:2 as SQL: syntax error at or near "true"/,
      ],
      [
        "a stage below zero",
        (scenario) => ({
          ...scenario,
          streams: scenario.streams.map((stream) => ({ ...stream, stages: [{ duration: -1, rate: 5 }] })),
        }),
        {},
        /streams\[0\]\.stages\[0\]\.duration: must be/,
      ],
      [
        "a step that captures from a later one",
        (scenario) => ({
          ...scenario,
          streams: scenario.streams.map((stream) => ({
            ...stream,
            operations: stream.operations.toReversed(),
          })),
        }),
        {},
        /streams\[1\]\.operations\[0\]\.params\.id\.from: no step "first-item" comes before it/,
      ],
    ];
    for (const [at, [what, change, files, said]] of faults.entries()) {
      await t.step(`${what} is named with file and field`, async () => {
        // A module is read once a process.
        const other = await write(join(workbench.home, `faulty-${at}`), change(structuredClone(SCENARIO)), {
          ...FILES,
          ...files,
        });
        const { code, stderr } = await workbench.call("bench", words(other));
        assert.equal(code, 2, stderr);
        assert.match(stderr, said);
        assert(stderr.includes(other));
        assert.doesNotMatch(stderr, /Start the stack/);
      });
    }
  });
});
