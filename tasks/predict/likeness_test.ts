import assert from "node:assert/strict";
import { UNLIMITED, withClient } from "../seed/connect.ts";
import { withDatabase } from "../stack/testing_shared.ts";
import { makeLikeness } from "./likeness.ts";
import { readRelations } from "./read_facts.ts";

Deno.test("a likeness has each value of a key once, and the least values that the table has", () =>
  withDatabase((url) =>
    withClient(url, async (client) => {
      await client.query(`
        CREATE TABLE sold (id integer PRIMARY KEY, year integer, day date, price numeric(8, 2), city varchar(20), photo bytea);
        INSERT INTO sold SELECT i * 17 % 3001, 2021 + i % 5, date '2021-03-01' + i % 400, i / 7.0, 'city ' || i % 70,
          CASE WHEN i % 2 = 0 THEN 'x'::bytea END
          FROM generate_series(1, 3000) AS made (i);
        ANALYZE sold;
        CREATE TABLE another AS TABLE sold WITH NO DATA`);
      const [sold] = (await readRelations(client)).filter(({ relation }) => relation === "public.sold");
      await makeLikeness(client, "likeness", sold!, 2000);
      const read = async (table: string) => {
        const { rows } = await client.query(`
          SELECT count(DISTINCT id)::integer AS keys, min(year) AS year, count(DISTINCT year)::integer AS years,
            min(day)::text AS day, count(DISTINCT city)::integer AS cities, bool_or(price <> trunc(price)) AS cents
          FROM ${table}`);
        return rows[0];
      };
      const known = { year: 2021, years: 5, day: "2021-03-01", cities: 70, cents: true };
      assert.deepEqual(await read("sold"), { keys: 3000, ...known });
      assert.deepEqual(await read("likeness"), { keys: 2000, ...known });
      // Of a table without statistics nothing is known but its columns.
      const [another] = (await readRelations(client)).filter(({ relation }) => relation === "public.another");
      await makeLikeness(client, "bare", another!, 10);
      assert.equal((await client.query("SELECT * FROM bare")).rows.length, 10);
    }, UNLIMITED)
  ));
