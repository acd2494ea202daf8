import assert from "node:assert/strict";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { Client } from "pg";
import { withPostgres } from "../stack/testing.ts";
import { CopyWriter } from "./copy_writer.ts";
import { customised, describeColumns, type Generated } from "./custom.ts";
import type { Table } from "./dataset.ts";

/** A server with tables of one column each, and what a generator's values become there. */
interface Server {
  /**
   * The values' COPY text for a column of this type. Fails unless the server, having taken it, gives back the
   * same bytes.
   */
  roundTrip(type: string, values: readonly Generated[]): Promise<(string | null)[]>;
}

async function withServer(use: (server: Server, client: Client) => Promise<void>): Promise<void> {
  await withPostgres(async (url, { home }) => {
    const client = new Client({ connectionString: url });
    await client.connect();
    try {
      await client.query("SET TimeZone = 'UTC'; SET DateStyle = 'ISO'; SET extra_float_digits = 1");
      await use({ roundTrip: (type, values) => roundTrip(client, home, type, values) }, client);
    } finally {
      await client.end();
    }
  });
}

async function roundTrip(client: Client, home: string, type: string, values: readonly Generated[]) {
  await client.query(
    `DROP SCHEMA IF EXISTS lab CASCADE; CREATE SCHEMA lab; CREATE TABLE lab.t (n int, v ${type})`,
  );
  const table: Table = {
    name: "t",
    relation: "lab.t",
    columns: ["n", "v"],
    units: values.length,
    rows: values.length,
    write(unit, out) {
      out.integer(unit);
      out.null();
      out.endRow();
    },
  };
  const generators = { "t.v": ({ row }: { row: number }) => values[row]! };
  const loaded = { dataset: "lab", path: "/lab.ts", sha256: "", distributions: {}, columns: generators };
  const [wrapped] = customised([table], loaded, await describeColumns(client, ["lab"]), 42);
  const out = new CopyWriter(8 * 1024 * 1024);
  for (let unit = 0; unit < values.length; unit++) wrapped!.write(unit, out);

  // By the server's own hands, so that nothing of ours stands between the bytes.
  const file = join(home, "sent.copy");
  writeFileSync(file, out.payload);
  chmodSync(file, 0o644);
  await client.query(`COPY lab.t FROM '${file}'`);
  const { rows: [{ directory }] } = await client.query(
    "SELECT current_setting('data_directory') AS directory",
  );
  await client.query(`COPY (SELECT * FROM lab.t ORDER BY n) TO '${directory}/back.copy'`);
  const { rows: [{ back }] } = await client.query("SELECT pg_read_binary_file('back.copy') AS back");
  const sent = new TextDecoder("utf-8", { ignoreBOM: true }).decode(out.payload);
  assert.equal(new TextDecoder("utf-8", { ignoreBOM: true }).decode(back), sent, type);
  return sent.split("\n").slice(0, -1).map((line) => line.split("\t")[1]!).map((v) => v === "\\N" ? null : v);
}

/** Holds for lists of values: many at once, since each list is a COPY. */
async function holds<T extends Generated>(
  server: Server,
  type: string,
  values: fc.Arbitrary<T>,
  judge: (values: readonly T[], texts: readonly (string | null)[]) => void = () => {},
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(fc.array(values, { minLength: 100, maxLength: 400 }), async (list) => {
      judge(list, await server.roundTrip(type, list));
    }),
    { numRuns: 8 },
  );
}

const character = fc.oneof(
  { weight: 3, arbitrary: fc.string({ unit: "binary", minLength: 1, maxLength: 1 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(..."\t\n\r\b\f\v\\\"'\u007f\u0001\u001f", "\\N", "\\.", "😀", "é", "\ufeff"),
  },
);
const text = (most: number) =>
  fc.array(character, { maxLength: most }).map((parts) => parts.join(""))
    .filter((value) => value.isWellFormed() && !value.includes("\0") && [...value].length <= most);

Deno.test("every type is written as a real server prints it back", async (t) => {
  await withServer(async (server, client) => {
    await t.step("whole numbers, to the ends of their range", async () => {
      assert.deepEqual(await server.roundTrip("smallint", [-32768, 32767n, -0, "+7", null]), [
        "-32768",
        "32767",
        "0",
        "7",
        null,
      ]);
      assert.deepEqual(await server.roundTrip("integer", [-(2 ** 31), 2 ** 31 - 1]), [
        "-2147483648",
        "2147483647",
      ]);
      const ends = [-(2n ** 63n), 2n ** 63n - 1n, 2 ** 53 - 1, "9223372036854775807"];
      assert.deepEqual(await server.roundTrip("bigint", ends), ends.map(String));
      await holds(server, "bigint", fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }));
    });

    await t.step("numerics, rounded as the server itself rounds the same digits", async () => {
      const cases: [string, Generated, string][] = [
        ["numeric(12,2)", 1.005, "1.01"],
        ["numeric(12,2)", -1.005, "-1.01"],
        ["numeric(12,2)", -0.001, "0.00"],
        ["numeric(12,2)", "9999999999.994", "9999999999.99"],
        ["numeric(12,2)", 7n, "7.00"],
        ["numeric(12,2)", 1e-7, "0.00"],
        ["numeric(4,4)", 0.99994, "0.9999"],
        ["numeric(2,4)", 0.00991, "0.0099"],
        ["numeric(3,-2)", 12350, "12400"],
        ["numeric(6)", 2.5, "3"],
        ["numeric", "-007.50", "-7.50"],
        ["numeric", "1.50e1", "15.0"],
        ["numeric", ".5e-3", "0.0005"],
        ["numeric", 1e21, "1000000000000000000000"],
        ["numeric", 5e-324, `0.${"0".repeat(323)}5`],
      ];
      for (const [type, value, printed] of cases) {
        assert.deepEqual(await server.roundTrip(type, [value]), [printed], `${type} ${value}`);
      }
      const digits = fc.tuple(
        fc.boolean(),
        fc.nat({ max: 10 ** 9 - 1 }),
        fc.string({ unit: fc.constantFrom(..."0459"), maxLength: 12 }),
      )
        .map(([minus, whole, fraction]) => `${minus ? "-" : ""}${whole}.${fraction}`);
      const numbers = fc.double({ min: -1e9, max: 1e9, maxExcluded: true, minExcluded: true, noNaN: true });
      for (const type of ["numeric(12,2)", "numeric(16,6)", "numeric(10,0)", "numeric"]) {
        await holds(server, type, fc.oneof(digits, numbers), (values, texts) => {
          assert.equal(texts.length, values.length);
        });
      }
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.oneof(digits, numbers), { minLength: 100, maxLength: 400 }),
          async (values) => {
            const texts = values.map(String);
            const { rows } = await client.query(
              "SELECT v::numeric(12,2)::text AS v FROM unnest($1::text[]) WITH ORDINALITY AS u (v, n) ORDER BY n",
              [texts],
            );
            assert.deepEqual(await server.roundTrip("numeric(12,2)", values), rows.map(({ v }) => v));
          },
        ),
        { numRuns: 8 },
      );
    });

    await t.step("floating-point numbers, as the server shortens them", async () => {
      const powers = Array.from({ length: 2098 }, (_, at) => 2 ** (at - 1074)).flatMap((
        size,
      ) => [size, -size]);
      const halfway = [
        1e23,
        9.5e21,
        9.7e21,
        2.5e22,
        9007199254740993,
        1e15,
        1e14,
        123456.7,
        0.0001,
        0.00001,
        0,
        -0,
      ];
      const doubles = [...powers, ...halfway];
      const same =
        (fit: (value: number) => number) => (values: readonly number[], texts: readonly (string | null)[]) =>
          values.forEach((value, at) =>
            assert.ok(fit(Number(texts[at])) === fit(value), `${value} ${texts[at]}`)
          );
      same((value) => value)(doubles, await server.roundTrip("double precision", doubles));
      const holding = (value: number) =>
        Number.isFinite(Math.fround(value)) && (Math.fround(value) !== 0 || value === 0);
      const singles = [...doubles, 2150000000, 16777217, 50331648, 0.000244140625].filter(holding);
      same(Math.fround)(singles, await server.roundTrip("real", singles));
      const any = fc.double({ noNaN: true, noDefaultInfinity: true });
      const large = fc.tuple(fc.integer({ min: 1, max: 9999 }), fc.integer({ min: 12, max: 40 }))
        .map(([digits, power]) => Number(`${digits}e${power}`));
      await holds(server, "double precision", fc.oneof(any, large), same((value) => value));
      const float = fc.float({ noNaN: true, noDefaultInfinity: true });
      await holds(server, "real", fc.oneof(float, large.filter(holding)), same(Math.fround));
    });

    await t.step("truth, days and UUIDs", async () => {
      assert.deepEqual(await server.roundTrip("boolean", [true, false, "t", "f", null]), [
        "t",
        "f",
        "t",
        "f",
        null,
      ]);
      const days = [new Date("2025-03-01T23:59:59.999Z"), "2024-02-29", "0001-01-01", "9999-12-31"];
      assert.deepEqual(await server.roundTrip("date", days), ["2025-03-01", ...days.slice(1)]);
      const range = {
        min: new Date("0001-01-01T00:00:00Z"),
        max: new Date("9999-12-31T00:00:00Z"),
        noInvalidDate: true,
      };
      await holds(server, "date", fc.date(range), (values, texts) => {
        assert.deepEqual(texts, values.map((value) => value.toISOString().slice(0, 10)));
      });
      await holds(server, "uuid", fc.uuid().map((value) => value.toUpperCase()));
    });

    await t.step("times in UTC, to the digits that the column keeps", async () => {
      const cases: [string, Generated, string][] = [
        ["timestamptz", "2025-03-01T07:05:09.250Z", "2025-03-01 07:05:09.25+00"],
        ["timestamptz", "2025-03-01 07:05:09+00", "2025-03-01 07:05:09+00"],
        ["timestamptz", "2025-03-01 00:30+05:30", "2025-02-28 19:00:00+00"],
        ["timestamptz", "2025-03-01", "2025-03-01 00:00:00+00"],
        ["timestamptz", new Date(-1), "1969-12-31 23:59:59.999+00"],
        ["timestamptz(0)", "2024-12-31T23:59:59.5Z", "2025-01-01 00:00:00+00"],
        ["timestamp(3)", "2025-03-01T07:05:09.000501Z", "2025-03-01 07:05:09.001"],
        ["timestamp", "2025-03-01T07:05:09.000001-01", "2025-03-01 08:05:09.000001"],
        ["timestamp", "0001-01-01T00:00", "0001-01-01 00:00:00"],
      ];
      for (const [type, value, printed] of cases) {
        assert.deepEqual(await server.roundTrip(type, [value]), [printed], `${type} ${value}`);
      }
      const moments = fc.date({
        min: new Date("0001-01-02T00:00:00Z"),
        max: new Date("9999-12-30T00:00:00Z"),
        noInvalidDate: true,
      });
      const texts = fc.tuple(
        moments,
        fc.nat({ max: 999 }),
        fc.constantFrom("Z", "", "+05:30", "-0800", "+14"),
      )
        .map(([moment, us, zone]) => moment.toISOString().replace("Z", String(us).padStart(3, "0") + zone));
      for (const type of ["timestamptz", "timestamp", "timestamptz(2)"]) {
        await holds(server, type, fc.oneof(moments, texts));
      }
    });

    await t.step("texts with every character that there is, by characters and not bytes", async () => {
      await holds(server, "text", text(30));
      await holds(server, "varchar(7)", text(7));
      await holds(server, "char(7)", text(7));
      assert.deepEqual(await server.roundTrip("varchar(3)", ["😀😀😀", "\\N", "\\.", "a\tb"]), [
        "😀😀😀",
        "\\\\N",
        "\\\\.",
        "a\\tb",
      ]);
      assert.deepEqual(await server.roundTrip("char(3)", ["é"]), ["é  "]);
      assert.deepEqual(await server.roundTrip("char", ["x"]), ["x"]);
    });

    await t.step("JSON, and jsonb in its canonical form", async () => {
      const value = { bb: [1, 1e21, -0, 1e-7, 0.5], a: { "é": null, z: '\u001f\n"😀' }, ccc: {}, aa: [] };
      assert.deepEqual(await server.roundTrip("jsonb", [value, "text", 7, true, null]), [
        String
          .raw`{"a": {"z": "\\u001f\\n\\"😀", "é": null}, "aa": [], "bb": [1, 1000000000000000000000, 0, 0.0000001, 0.5], "ccc": {}}`,
        '"text"',
        "7",
        "true",
        null,
      ]);
      assert.deepEqual(await server.roundTrip("json", [{ b: [1, null], a: "x" }]), [
        '{"b":[1,null],"a":"x"}',
      ]);
      const json = fc.jsonValue({ stringUnit: character, maxDepth: 3 }).filter((value) =>
        !JSON.stringify(value).includes("\\u0000") && JSON.stringify(value).isWellFormed() &&
        size(value) < 4000
      ) as fc.Arbitrary<Generated>;
      await holds(server, "jsonb", json);
      await holds(server, "json", json);
    });

    await t.step("what the server prints is accepted back for every type but json", async () => {
      const values: Record<string, Generated> = {
        "smallint": -5,
        "numeric(12,2)": 12.5,
        "real": 0.1,
        "double precision": 1e23,
        "boolean": true,
        "date": "2025-03-01",
        "timestamp": "2025-03-01T07:05:09.25Z",
        "timestamptz": "2025-03-01T07:05:09.25Z",
        "char(4)": "ab",
        "uuid": "0190B3E6-1C2D-7F00-8000-0123456789AB",
      };
      for (const [type, value] of Object.entries(values)) {
        const [printed] = await server.roundTrip(type, [value]);
        assert.deepEqual(await server.roundTrip(type, [printed!]), [printed], type);
      }
    });

    await t.step("partitions and generated columns are not described", async () => {
      await client.query(`CREATE SCHEMA other; CREATE TABLE other.e (
        id bigint NOT NULL, at timestamptz(3), price numeric(12,2), twice numeric GENERATED ALWAYS AS (price * 2) STORED
      ) PARTITION BY RANGE (at); CREATE TABLE other.e_default PARTITION OF other.e DEFAULT`);
      const column = (column: string, type: string, notNull = false) => ({
        schema: "other",
        table: "e",
        column,
        type,
        notNull,
      });
      assert.deepEqual(await describeColumns(client, ["other", "absent"]), [
        column("id", "bigint", true),
        column("at", "timestamp(3) with time zone"),
        column("price", "numeric(12,2)"),
      ]);
    });
  });
});

function size(value: unknown): number {
  return new TextEncoder().encode(JSON.stringify(value)).length;
}
