import assert from "node:assert/strict";
import fc from "fast-check";
import { Client } from "pg";
import type { UsageError } from "../model/errors.ts";
import { withDatabase } from "../stack/testing_shared.ts";
import { isParsedAsWritten } from "../testing/json_keys.ts";
import { customised, describeColumns, type Generated, tryFirstUnits } from "./custom.ts";
import { copyTable } from "./copy.ts";
import type { DatasetTable } from "./dataset.ts";
import { schemaSql, transaction } from "./sql.ts";

/** Makes a table lab.t with a column of a type, whose values a generator makes: `lines` of them in each unit. */
async function generated(
  client: Client,
  type: string,
  valueOf: (row: number, line: number) => Generated,
  units: number,
  lines = 1,
): Promise<DatasetTable> {
  await client.query(
    `DROP SCHEMA IF EXISTS lab CASCADE; CREATE SCHEMA lab; CREATE TABLE lab.t (n int, v ${type})`,
  );
  const table: DatasetTable = {
    name: "t",
    relation: "lab.t",
    columns: ["n", "v"],
    units,
    rows: units * lines,
    write(unit, out) {
      for (let line = 0; line < lines; line++) {
        out.integer(unit);
        out.null();
        out.endRow();
      }
    },
  };
  const columns = { "t.v": ({ row, line }: { row: number; line: number }) => valueOf(row, line) };
  const loaded = { dataset: "lab", path: "/lab.ts", sha256: "", distributions: {}, columns };
  return customised([table], loaded, await describeColumns(client, ["lab"]), 42)[0]!;
}

function copied(client: Client, table: DatasetTable, from = 0): Promise<unknown> {
  return transaction(client, () => copyTable(client, table, { from, to: table.units, freeze: false }));
}

/** What the values are as the server stores them. */
async function stored(
  client: Client,
  type: string,
  values: readonly Generated[],
): Promise<(string | null)[]> {
  await copied(client, await generated(client, type, (row) => values[row]!, values.length));
  return await transaction(client, async () => {
    await client.query(schemaSql("benchbook/pin.sql"));
    const { rows } = await client.query<{ v: string | null }>("SELECT v::text AS v FROM lab.t ORDER BY n");
    return rows.map(({ v }) => v);
  });
}

/** Holds for lists of values: many at once, since each list is a COPY. */
async function holds<T extends Generated>(
  client: Client,
  type: string,
  values: fc.Arbitrary<T>,
  judge: (values: readonly T[], texts: readonly (string | null)[]) => void,
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(fc.array(values, { minLength: 100, maxLength: 400 }), async (list) => {
      judge(list, await stored(client, type, list));
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

/** What each type makes of values, as the server prints it. */
const STORED: readonly (readonly [type: string, value: Generated, printed: string | null])[] = [
  ["smallint", -32768, "-32768"],
  ["smallint", 32767n, "32767"],
  ["smallint", -0, "0"],
  ["smallint", "+7", "7"],
  ["smallint", null, null],
  ["integer", -(2 ** 31), "-2147483648"],
  ["integer", 2 ** 31 - 1, "2147483647"],
  ["integer", "0x10", "16"],
  ["bigint", -(2n ** 63n), "-9223372036854775808"],
  ["bigint", 2 ** 53 - 1, "9007199254740991"],
  ["bigint", "9223372036854775807", "9223372036854775807"],
  ["numeric(12,2)", 1.005, "1.01"],
  ["numeric(12,2)", -1.005, "-1.01"],
  ["numeric(12,2)", -0.001, "0.00"],
  ["numeric(12,2)", "9999999999.994", "9999999999.99"],
  ["numeric(12,2)", 7n, "7.00"],
  ["numeric(12,2)", 1e-7, "0.00"],
  ["numeric(12,2)", " 1", "1.00"],
  ["numeric(4,4)", 0.99994, "0.9999"],
  ["numeric(2,4)", 0.00991, "0.0099"],
  ["numeric(3,-2)", 12350, "12400"],
  ["numeric(6)", 2.5, "3"],
  ["numeric", "-007.50", "-7.50"],
  ["numeric", "1.50e1", "15.0"],
  ["numeric", ".5e-3", "0.0005"],
  ["numeric", 1e21, "1000000000000000000000"],
  ["numeric", 5e-324, `0.${"0".repeat(323)}5`],
  ["real", 0.1, "0.1"],
  ["double precision", 1e23, "9.999999999999999e+22"],
  ["double precision", -0, "0"],
  ["boolean", true, "true"],
  ["boolean", false, "false"],
  ["boolean", "t", "true"],
  ["boolean", "yes", "true"],
  ["boolean", null, null],
  ["date", new Date("2025-03-01T23:59:59.999Z"), "2025-03-01"],
  ["date", "2024-02-29", "2024-02-29"],
  ["date", "2025-2-3", "2025-02-03"],
  ["date", "0001-01-01", "0001-01-01"],
  ["date", "9999-12-31", "9999-12-31"],
  ["timestamptz", "2025-03-01T07:05:09.250Z", "2025-03-01 07:05:09.25+00"],
  ["timestamptz", "2025-03-01 07:05:09+00", "2025-03-01 07:05:09+00"],
  ["timestamptz", "2025-03-01 00:30+05:30", "2025-02-28 19:00:00+00"],
  ["timestamptz", "2025-03-01", "2025-03-01 00:00:00+00"],
  ["timestamptz", new Date(-1), "1969-12-31 23:59:59.999+00"],
  ["timestamptz(0)", "2024-12-31T23:59:59.5Z", "2025-01-01 00:00:00+00"],
  ["timestamp(3)", "2025-03-01T07:05:09.000501Z", "2025-03-01 07:05:09.001"],
  ["timestamp", "0001-01-01T00:00", "0001-01-01 00:00:00"],
  // PostgreSQL leaves the zone out of account where the type has none.
  ["timestamp", "2025-03-01T07:05:09.000001-01", "2025-03-01 07:05:09.000001"],
  ["varchar(3)", "😀😀😀", "😀😀😀"],
  ["varchar(3)", "\\N", "\\N"],
  ["varchar(3)", "\\.", "\\."],
  ["varchar(3)", "a\tb", "a\tb"],
  ["varchar(2)", "ab ", "ab"],
  ["char(3)", "é", "é"],
  ["char", "x", "x"],
  ["bytea", "\\x00ff", "\\x00ff"],
  ["text[]", "{1,NULL}", "{1,NULL}"],
  ["uuid", "0190B3E6-1C2D-7F00-8000-0123456789AB", "0190b3e6-1c2d-7f00-8000-0123456789ab"],
  [
    "jsonb",
    { bb: [1, 1e21, -0, 1e-7, 0.5], a: { "é": null, z: '\u001f\n"😀' }, ccc: {}, aa: [] },
    String
      .raw`{"a": {"z": "\u001f\n\"😀", "é": null}, "aa": [], "bb": [1, 1000000000000000000000, 0, 0.0000001, 0.5], "ccc": {}}`,
  ],
  ["jsonb", "text", '"text"'],
  ["jsonb", 7, "7"],
  ["jsonb", true, "true"],
  ["jsonb", null, null],
  ["json", { b: [1, null], a: "x" }, '{"b":[1,null],"a":"x"}'],
];

/** What each type does not take, and PostgreSQL's words. */
const REFUSED: readonly (readonly [type: string, values: readonly Generated[], words: RegExp])[] = [
  ["smallint", [32768, -32769, 2n ** 70n], /out of range for type smallint/],
  ["smallint", [1.5, "x", "", "1.0"], /invalid input syntax for type smallint/],
  ["integer", [2 ** 31, -(2 ** 31) - 1], /out of range for type integer/],
  ["bigint", [2n ** 63n, "9223372036854775808"], /out of range for type bigint/],
  ["bigint", [1e21], /invalid input syntax for type bigint: "1e\+21"/],
  [
    "numeric(12,2)",
    [1e10, "9999999999.995"],
    /numeric field overflow\. A field with precision 12, scale 2 must round to an absolute value less than 10\^10/,
  ],
  ["numeric(12,2)", ["1,5", "", "--1", "."], /invalid input syntax for type numeric/],
  ["numeric(3,-2)", [99950, "1e9"], /numeric field overflow/],
  ["numeric(2,4)", [0.01, -0.00995], /numeric field overflow/],
  ["numeric", ["1e999999"], /overflows numeric format|invalid input syntax/],
  ["real", [1e39, 1e-60], /out of range for type real/],
  ["real", ["abc"], /invalid input syntax for type real/],
  ["double precision", ["1e999"], /out of range for type double precision/],
  ["double precision", [""], /invalid input syntax/],
  ["boolean", ["", "maybe"], /invalid input syntax for type boolean/],
  ["date", ["2025-02-30", "0000-01-01"], /date\/time field value out of range/],
  ["timestamptz", ["2025-02-30T00:00Z"], /date\/time field value out of range/],
  ["timestamptz", ["soon"], /invalid input syntax for type timestamp/],
  ["varchar(2)", ["abc", "😀😀😀"], /value too long for type character varying\(2\)/],
  ["char(2)", ["abc"], /value too long for type character\(2\)/],
  ["uuid", ["0190b3e6"], /invalid input syntax for type uuid/],
];

Deno.test("what a generator yields is stored as PostgreSQL reads it", async (t) => {
  await withDatabase(async (url) => {
    const client = new Client({ connectionString: url });
    await client.connect();
    try {
      // As they may be on a user's server: neither changes what is stored or hashed.
      await client.query("SET TimeZone = 'America/New_York'; SET DateStyle = 'German'");

      await t.step("each type takes what it should", async () => {
        for (const [type, value, printed] of STORED) {
          assert.deepEqual(await stored(client, type, [value]), [printed], `${type} ${Deno.inspect(value)}`);
        }
      });

      await t.step("numbers come back as they were", async () => {
        const same =
          (fit: (value: number) => number) =>
          (values: readonly number[], texts: readonly (string | null)[]) =>
            values.forEach((value, at) =>
              assert.ok(fit(Number(texts[at])) === fit(value), `${value} ${texts[at]}`)
            );
        await holds(
          client,
          "bigint",
          fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
          (values, texts) => assert.deepEqual(texts, values.map(String)),
        );
        await holds(
          client,
          "numeric",
          fc.double({ noNaN: true, noDefaultInfinity: true }),
          same((value) => value),
        );
        await holds(
          client,
          "double precision",
          fc.double({ noNaN: true, noDefaultInfinity: true }),
          same((value) => value),
        );
        await holds(client, "real", fc.float({ noNaN: true, noDefaultInfinity: true }), same(Math.fround));
      });

      await t.step("days and moments come back as they were, in UTC", async () => {
        const dates = fc.date({
          min: new Date("0001-01-02T00:00:00Z"),
          max: new Date("9999-12-30T00:00:00Z"),
          noInvalidDate: true,
        });
        await holds(
          client,
          "date",
          dates,
          (values, texts) => assert.deepEqual(texts, values.map((value) => value.toISOString().slice(0, 10))),
        );
        for (const [type, zone] of [["timestamptz", ""], ["timestamp", "Z"]] as const) {
          await holds(client, type, dates, (values, texts) =>
            assert.deepEqual(
              texts.map((text) => Date.parse(`${text!.replace(" ", "T").replace("+00", "Z")}${zone}`)),
              values.map(Number),
            ));
        }
      });

      await t.step("texts and JSON come back with every character that there is", async () => {
        for (const type of ["text", "varchar(7)"]) {
          await holds(client, type, text(7), (values, texts) => assert.deepEqual(texts, values));
        }
        const json = fc.jsonValue({ stringUnit: character, maxDepth: 3 }).filter((value) => {
          const text = JSON.stringify(value);
          // Half a pair is written as an escape there.
          return !/\\u(0000|d[89a-f])/.test(text) && isParsedAsWritten(text) && text.length < 1000;
        }) as fc.Arbitrary<Generated>;
        for (const type of ["json", "jsonb"]) {
          await holds(client, type, json, (values, texts) =>
            assert.deepEqual(
              texts.map((text) => text && JSON.parse(text)),
              values.map((value) => JSON.parse(JSON.stringify(value))),
            ));
        }
      });

      await t.step("what a type does not take is refused in PostgreSQL's words, with its row", async () => {
        for (const [type, values, words] of REFUSED) {
          for (const value of values) {
            const table = await generated(client, type, (row) => row === 3 ? value : null, 5);
            await assert.rejects(copied(client, table, 1), (error: UsageError) => {
              assert.equal(error.exitCode, 2, `${type} ${error}`);
              assert.match(
                error.message,
                /^Cannot use \/lab\.ts for t\.v, row 3: it must yield a value of the type .+, or null: it yielded /,
              );
              assert.match(error.message.split(" (PostgreSQL: ")[1] ?? "", words);
              assert.equal((error.cause as { code: string }).code.length, 5);
              return true;
            });
          }
        }
      });

      await t.step("a row among those of its parent is named, and a long value is cut", async () => {
        const value = "x".repeat(5000);
        const table = await generated(
          client,
          "int",
          (row, line) => row === 7 && line === 2 ? value : 1,
          9,
          3,
        );
        await assert.rejects(copied(client, table), ({ message }: Error) => {
          assert.match(
            message,
            /row 7, line 2: .* integer, or null: it yielded "x{60}"… \(5000 characters\) \(PostgreSQL: .*x…\)$/,
          );
          assert.ok(message.length < 500);
          return true;
        });
      });

      await t.step(
        "what is not to be null is refused as such, at once where it is the first row",
        async () => {
          const table = await generated(client, "text NOT NULL", (row) => row === 1 ? null : "", 3);
          const words =
            /row 1: it must yield a value of the type text: it yielded null \(PostgreSQL: null value in column "v" of relation "t" violates not-null constraint\)$/;
          await assert.rejects(copied(client, table), { name: "UsageError", message: words });
          await transaction(client, () => tryFirstUnits(client, [table]));
          assert.deepEqual((await client.query("SELECT FROM lab.t")).rowCount, 0);
          const first = await generated(client, "text NOT NULL", () => null, 3);
          await assert.rejects(transaction(client, () => tryFirstUnits(client, [first])), {
            name: "UsageError",
            message: /row 0: it must yield a value of the type text: it yielded null/,
          });
        },
      );
    } finally {
      await client.end();
    }
  });
});
