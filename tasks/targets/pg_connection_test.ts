import assert from "node:assert/strict";
import fc from "fast-check";
import { Client, type CustomTypesConfig } from "pg";
import { overEachNetwork } from "../net/testing.ts";
import { withDatabase } from "../stack/testing_shared.ts";
import { exactParser } from "./pg_exact.ts";
import { startProxy } from "./testing_pg_proxy.ts";
import { SqlTarget } from "./sql.ts";
import { askOnce, type Call, newCall, type Value } from "./target.ts";

/** What pg says to the same question, prepared too: its rows, or its error. */
async function reference(client: Client, text: string, values: readonly Value[] = []): Promise<unknown> {
  try {
    const name = `op${idOf(text)}`;
    const config = {
      name,
      text,
      values: [...values],
      types: { getTypeParser: exactParser } as CustomTypesConfig,
    };
    return (await client.query(config)).rows;
  } catch (error) {
    return said(error);
  }
}

function said(error: unknown): unknown {
  const { code, message, severity, detail, hint } = error as Record<string, unknown>;
  return { code, message, severity, detail, hint };
}

const nowUs = () => performance.now() * 1000;
const operations: string[] = [];

/** Each text is an operation of its own. */
function idOf(text: string): number {
  if (!operations.includes(text)) operations.push(text);
  return operations.indexOf(text);
}

async function ask(
  target: SqlTarget,
  text: string,
  values: readonly Value[] = [],
  keep = true,
): Promise<Call> {
  const statement = { operationId: idOf(text), name: "asked", write: false, text, parameters: [] };
  const call = newCall(statement, values, keep);
  await askOnce(target, call);
  return call;
}

/** One of each kind of type, with values at the edges. */
const SELECTS = [
  "SELECT 1::int2 AS a, -2147483648::int4 AS b, 9223372036854775807::int8 AS c, 7::oid AS d",
  "SELECT 1.50::numeric(9,2) AS a, 'NaN'::numeric AS b, 1e-30::numeric AS c, -0.0::numeric AS d",
  "SELECT 0.1::float4 AS a, 1e308::float8 AS b, 'Infinity'::float8 AS c, 'NaN'::float8 AS d, '-0'::float8 AS e",
  "SELECT true AS a, false AS b, NULL::bool AS c",
  "SELECT ''::text AS a, 'x'::varchar(3) AS b, 'x'::char(4) AS c, 'n'::name AS d, NULL::text AS e, 'q'::\"char\" AS f",
  "SELECT E'\\u00e9 \\u6f22 \\U0001F418 \\uFEFF \\t\\r\\n' AS a, repeat('ü', 40000) AS b, repeat('x', 200000) AS c",
  "SELECT '\\x00ff10'::bytea AS a, ''::bytea AS b",
  `SELECT '{"a": [1, 2.50, null, "x"]}'::json AS a, '{"b": {"c": 1e3}}'::jsonb AS b, 'null'::jsonb AS c, '7'::json AS d`,
  "SELECT 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid AS a, '10.0.0.1/8'::inet AS b, '08:00:2b:01:02:03'::macaddr AS c",
  "SELECT date '2024-02-29' AS a, date 'infinity' AS b, date '0044-03-15 BC' AS c",
  "SELECT timestamp '2024-02-29 12:34:56.789012' AS a, timestamptz '2024-02-29 12:34:56.789012+05:30' AS b",
  "SELECT time '23:59:59.999999' AS a, timetz '01:02:03+04' AS b, interval '1 year -2 days 03:04:05.6' AS c",
  "SELECT point '(1,2)' AS a, circle '<(1,2),3>' AS b, box '(1,1),(0,0)' AS c, path '[(0,0),(1,1)]' AS d",
  "SELECT int4range(1, 5) AS a, '12.34'::money AS b, B'101'::bit(3) AS c, to_tsvector('simple', 'a b') AS d",
  "SELECT ARRAY[1,NULL,3] AS a, ARRAY[[1,2],[3,4]] AS b, '{}'::int[] AS c, ARRAY[9007199254740993] AS d",
  `SELECT ARRAY['a', NULL, 'NULL', '', 'x"y\\z', '{,}'] AS a, ARRAY[true, false] AS b, ARRAY[1.50, 2] AS c`,
  "SELECT ARRAY[0.5::float8] AS a, ARRAY['{\"a\":1}'::jsonb] AS b, ARRAY[date '2024-02-29'] AS c, ARRAY['\\x01'::bytea] AS d",
  "SELECT ARRAY[timestamptz '2024-02-29 12:00+00'] AS a, ARRAY[interval '1 day'] AS b, ARRAY[point '(1,2)'] AS c",
  "SELECT ROW(1, 'a b', NULL) AS a, 'ok'::mood AS b, ARRAY['ok'::mood] AS c",
  'SELECT 1 AS "b", 2 AS "a", 3 AS "b", 4 AS "__proto__", 5 AS "2", 6 AS "1", 7 AS "?column?", 8 AS "constructor"',
  "SELECT 1 WHERE false",
  "SELECT",
  "SELECT FROM generate_series(1, 3)",
  "SELECT g AS n, repeat('y', g % 300) AS filler, g % 3 = 0 AS third FROM generate_series(1, 5000) g",
  "SELECT repeat('wide', 300000) AS wide FROM generate_series(1, 3)",
  `SELECT ${Array.from({ length: 200 }, (_, at) => `${at} AS column${at}`).join(", ")}`,
  "VALUES (1, 'one'), (2, NULL)",
  "SHOW server_version",
  "EXPLAIN (COSTS OFF) SELECT 1",
  "",
  "  -- nothing but a comment",
];

/** Commands, and statements that fail: while parsed, bound, executed, in the middle of their rows. */
const OTHERS = [
  "CREATE TABLE t (id int PRIMARY KEY, name text)",
  "INSERT INTO t VALUES (1, 'one'), (2, 'two')",
  "INSERT INTO t VALUES (3, 'three') RETURNING id, name",
  "INSERT INTO t VALUES (1, 'again')",
  "UPDATE t SET name = upper(name) WHERE id < 3",
  "DELETE FROM t WHERE id = 99",
  "DO $$ BEGIN RAISE NOTICE 'hello'; RAISE WARNING 'careful'; END $$",
  "DO $$ BEGIN RAISE EXCEPTION 'own' USING ERRCODE = 'ZZ123', DETAIL = 'some', HINT = 'try'; END $$",
  "DO $$ BEGIN RAISE EXCEPTION 'ünïcödé'; END $$",
  "SELEC 1",
  "SELECT 1; SELECT 2",
  "SELECT * FROM missing",
  "SELECT 10 / (500 - g) AS x FROM generate_series(1, 1000) g",
  "SELECT pg_catalog.no_such_function()",
  "SELECT '{'::json",
  "SET statement_timeout = 20",
  "SELECT pg_sleep(10)",
  "RESET statement_timeout",
  "COPY t TO STDOUT",
];

/** What stays in memory and has no limit of its own; NUL cannot be in a text of PostgreSQL. */
const unicode = fc.string({
  unit: fc.oneof(
    fc.constantFrom('"', "\\", "'", "{", "}", ",", " ", "\n", "\ufeff", "é", "漢", "🐘", "\ud83d", "NULL"),
    fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
  ),
  maxLength: 80,
}).map((text) => text.replaceAll("\0", "0"));

const number = fc.oneof(
  fc.integer(),
  fc.double(),
  fc.constantFrom(0, -0, NaN, Infinity, -Infinity, 5e-324, 1e21, 2 ** 53),
);

Deno.test("the lean connection answers as pg does", async (t) => {
  await withDatabase(async (url, { database }) => {
    const client = new Client({ connectionString: url });
    await client.connect();
    const target = new SqlTarget({ url, connections: 1, nowUs });
    await target.open();
    const compare = async (text: string, values: readonly Value[] = []) => {
      const wanted = await reference(client, text, values);
      // Prepared by the first, known to the second, not decoded by the third.
      for (let time = 0; time < 2; time++) {
        const call = await ask(target, text, values);
        if (Array.isArray(wanted)) {
          assert.deepEqual(call.answer, wanted, text);
          for (const [index, row] of wanted.entries()) {
            assert.deepEqual(Object.keys((call.answer as object[])[index]!), Object.keys(row));
          }
        } else {
          assert.deepEqual(said(call.answer), wanted, text);
          assert.equal(call.error, (wanted as { code: string }).code);
        }
      }
      const counted = await ask(target, text, values, false);
      assert.equal(counted.answer, undefined);
      assert.equal(counted.outcome, Array.isArray(wanted) ? "ok" : "failed");
      if (Array.isArray(wanted)) assert.equal(counted.rows, wanted.length);
    };
    try {
      await client.query("CREATE TYPE mood AS ENUM ('ok', 'bad')");

      await t.step("rows of every type and shape", async () => {
        for (const text of SELECTS) await compare(text);
      });

      await t.step("commands, their rows, notices and errors", async () => {
        // Each in a database of its own, so that both find and leave the same.
        const other = new Client({ connectionString: await database("other") });
        await other.connect();
        for (const text of OTHERS) {
          const wanted = await reference(other, text);
          const call = await ask(target, text);
          assert.deepEqual(call.outcome === "ok" ? call.answer : said(call.answer), wanted, text);
          // What failed, or was said aside, must not be taken for the next one's.
          assert.deepEqual((await ask(target, "SELECT 7 AS seven")).answer, [{ seven: 7 }]);
        }
        await other.end();
      });

      await t.step("text of any kind comes back as it went", async () => {
        await fc.assert(
          fc.asyncProperty(unicode, async (value) => {
            const text = "SELECT $1::text AS v, length($1) AS n, md5($1) AS hash";
            assert.deepEqual(
              (await ask(target, text, [value])).answer,
              await reference(client, text, [value]),
            );
          }),
        );
      });

      await t.step("numbers of any kind", async () => {
        await fc.assert(
          fc.asyncProperty(number, fc.integer(), async (float, integer) => {
            const text = "SELECT $1::float8 AS f, $1::numeric AS n, $2::int AS i, $2::text AS t";
            const values = [float, integer];
            assert.deepEqual((await ask(target, text, values)).answer, await reference(client, text, values));
          }),
        );
      });

      await t.step("lists of any kind", async () => {
        await fc.assert(
          fc.asyncProperty(
            fc.array(unicode),
            fc.array(number),
            fc.array(fc.maxSafeInteger()),
            async (...values) => {
              const text = "SELECT $1::text[] AS t, $2::float8[] AS f, $3::int8[] AS i, cardinality($1) AS n";
              assert.deepEqual(
                (await ask(target, text, values)).answer,
                await reference(client, text, values),
              );
            },
          ),
        );
      });

      await t.step("values that do not fit fail alike", async () => {
        await compare("SELECT $1::int AS n", ["seven"]);
        await compare("SELECT $1::int AS n", [1.5]);
        await compare("SELECT $1::int[] AS n", ["{1,"]);
        await compare("SELECT $1::text AS zero", ["a\0b"]);
        await compare("SELECT $1::mood AS mood", ["ok"]);
        await compare("SELECT $1::date + $2::int AS day", ["2024-02-29", 1]);
      });

      await t.step("values longer than any buffer", async () => {
        await compare("SELECT length($1) AS n, $1::text AS v", ["é".repeat(3_000_000)]);
        await compare("SELECT cardinality($1::int[]) AS n", [Array.from({ length: 100_000 }, (_, at) => at)]);
      });

      await t.step("statements alternate, each with its own columns", async () => {
        for (let round = 0; round < 20; round++) {
          const calls = [
            await ask(target, "SELECT $1::int AS a", [round]),
            await ask(target, "SELECT $1::text AS b, true AS c", [`r${round}`]),
            await ask(target, "SELECT 1 / $1::int AS d", [round % 2]),
          ];
          assert.deepEqual(calls[0]!.answer, [{ a: round }]);
          assert.deepEqual(calls[1]!.answer, [{ b: `r${round}`, c: true }]);
          assert.equal(calls[2]!.error, round % 2 === 0 ? "22012" : null);
        }
      });

      await t.step("a table cannot be filled from nothing, and the connection goes on", async () => {
        await client.query("CREATE TABLE filled (n int)");
        const call = await ask(target, "COPY filled FROM STDIN");
        assert.deepEqual([call.outcome, call.error], ["failed", "57014"]);
        assert.equal((await ask(target, "SELECT 1")).outcome, "ok");
      });

      await t.step("what the server says unasked is no answer", async () => {
        await ask(target, "LISTEN news");
        await client.query("NOTIFY news, 'while idle'");
        await ask(target, "SET application_name = 'renamed'");
        const call = await ask(target, "SELECT pg_notify('news', 'while asked') IS NULL AS n");
        assert.deepEqual([call.rows, call.answer], [1, [{ n: false }]]);
        assert.deepEqual((await ask(target, "SELECT 1 AS one")).answer, [{ one: 1 }]);
      });

      await t.step("bytes are all that came for a statement", async () => {
        const text = "SELECT repeat('x', $1::int) AS x FROM generate_series(1, 3)";
        await ask(target, text, [0]);
        const kept = await ask(target, text, [100_000]);
        const counted = await ask(target, text, [100_000], false);
        // BindComplete, three rows of header, count and length, CommandComplete "SELECT 3", ReadyForQuery.
        assert.equal(counted.bytes, 5 + 3 * (5 + 2 + 4 + 100_000) + (5 + 9) + 6);
        assert.equal(kept.bytes, counted.bytes);
      });

      await t.step("answers are the same in whatever pieces they arrive", async () => {
        const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
        let size = 1;
        const proxy = startProxy(listener, Number(new URL(url).port), () => size = size % 13 + 1);
        const proxied = new URL(url);
        proxied.port = String(listener.addr.port);
        await overEachNetwork(async (network) => {
          const piecemeal = new SqlTarget({ url: proxied.href, connections: 1, nowUs, network });
          // The proxy is of this thread too, and hands on one piece a turn of Deno's loop.
          await network.outside(() => piecemeal.open());
          try {
            await network.outside(async () => {
              for (const keep of [true, false, true]) {
                const text = "SELECT g AS n, repeat('é', g) AS filler FROM generate_series($1::int, 20) g";
                const call = await ask(piecemeal, text, [11], keep);
                assert.deepEqual([call.outcome, call.rows], ["ok", 10]);
                const rows = Array.from(
                  { length: 10 },
                  (_, at) => ({ n: at + 11, filler: "é".repeat(at + 11) }),
                );
                assert.deepEqual(call.answer, keep ? rows : undefined);
                assert.equal((await ask(piecemeal, "SELECT 1 / $1::int", [0], keep)).error, "22012");
              }
            });
          } finally {
            await piecemeal.close();
          }
        });
        await proxy.close();
      });
    } finally {
      await target.close();
      await client.end();
    }
  });
});
