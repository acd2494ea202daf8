import assert from "node:assert/strict";
import { Client } from "pg";
import { UsageError } from "../model/errors.ts";
import { NORTHWIND, SEEDED } from "../pipeline/testing.ts";
import { withPostgres } from "../stack/testing.ts";
import { assertAsFound } from "../testing/facts.ts";
import { lookAtPostgres } from "../testing/look_at_postgres.ts";
import { seed, type SeedRequest } from "./seed.ts";
import { makeDependents, namesOfDependents, ordinaryRole } from "./testing_dependents.ts";

const request = (url: string, changes: Partial<SeedRequest> = {}): SeedRequest => ({
  url,
  dataset: "northwind",
  scale: "tiny",
  seed: 42,
  ...changes,
});

async function query(url: string, sql: string) {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Of each is said that it stands against it, and after it the server is as it was. */
async function refusedAndAsFound(
  url: string,
  work: () => Promise<unknown>,
  expected: readonly (string | RegExp)[],
): Promise<void> {
  const before = await lookAtPostgres(url);
  await assert.rejects(work(), (error: UsageError) => {
    assert(error instanceof UsageError, String(error));
    const text = `${error.message} ${error.next}`;
    const unsaid = expected.filter((part) =>
      typeof part === "string" ? !text.includes(part) : !part.test(text)
    );
    assert.deepEqual(unsaid, [], text);
    return true;
  });
  assertAsFound(before, await lookAtPostgres(url));
}

Deno.test("replacing a data set on a user's server", (t) =>
  withPostgres(async (_url, postgres) => {
    await t.step(
      "all that leans on it is named, and nothing is dropped, whatever the way to it",
      async () => {
        const admin = await postgres.database("dependents");
        const own = await ordinaryRole(admin, "seeder");
        for (const dataset of ["northwind", "events"]) await seed(request(own, { dataset }));
        await makeDependents(admin, "seeder");
        const names = namesOfDependents("seeder");
        const ofEvents = names.filter((name) => /events|app\.(more|overviews)/.test(name));
        const ofNorthwind = names.filter((name) => !ofEvents.includes(name));
        const privileges = ["privileges of role reporter on table northwind.orders"];

        const other = () => seed(request(own, { seed: 43, replace: true }));
        await refusedAndAsFound(admin, other, [...ofNorthwind, ...privileges]);
        await refusedAndAsFound(
          admin,
          () => seed(request(own, { dataset: "events", seed: 43, replace: true })),
          ofEvents,
        );

        // What was made by an older version, with a record of its relations or without any.
        const again = () => seed(request(own, { replace: true }));
        await query(admin, "UPDATE benchbook.dataset SET generator = 'older'");
        await refusedAndAsFound(admin, again, [...ofNorthwind, ...privileges]);
        await query(admin, "UPDATE benchbook.dataset SET objects = NULL");
        await refusedAndAsFound(
          admin,
          again,
          // Of functions that are not on record only the name is known.
          ofNorthwind.filter((name) => !name.includes("place_order")),
        );

        // What a killed process left half loaded needs no --replace, and no less care.
        await query(admin, "UPDATE benchbook.dataset SET status = 'loading', counts = NULL, hash = NULL");
        await refusedAndAsFound(
          admin,
          () => seed(request(own)),
          ofNorthwind.filter((name) => !name.includes("place_order")),
        );
      },
    );

    await t.step("after a change of the generator it is asked for too", async () => {
      const url = await postgres.copy("generator", NORTHWIND);
      await query(url, "UPDATE benchbook.dataset SET generator = 'older', hash = 'older'");
      await refusedAndAsFound(url, () => seed(request(url)), [
        /it holds the rows of another version of Benchbook \(generator older, this one is northwind/,
        "Give --replace",
      ]);
      const renewed = await seed(request(url, { replace: true }));
      assert.equal(renewed.alreadyThere, false);
      assert.equal((await seed(request(url))).alreadyThere, true);
    });

    await t.step(
      "made anew it loses what was added to its schemas, and nothing else goes with it",
      async () => {
        const url = await postgres.copy("anew", NORTHWIND);
        const { hash } = await seed(request(url));
        await query(
          url,
          `ALTER TABLE northwind.orders ADD COLUMN note text DEFAULT 'x';
         ALTER TABLE northwind.orders RENAME COLUMN freight TO costs;
         CREATE TABLE northwind.mine (id int);
         UPDATE northwind.customers SET city = 'Elsewhere'`,
        );
        const anew = () => seed(request(url, { replace: true, anew: true }));
        await query(url, "CREATE VIEW public.report AS SELECT note FROM northwind.orders");
        await refusedAndAsFound(url, anew, ["view public.report"]);
        await query(url, "DROP VIEW public.report");
        const made = await anew();
        assert.deepEqual([made.alreadyThere, made.hash], [false, hash]);
        assert.deepEqual(
          await query(
            url,
            `SELECT (SELECT count(*)::int FROM northwind.customers WHERE city = 'Elsewhere') AS changed,
             to_regclass('northwind.mine') AS mine,
             (SELECT count(*)::int FROM pg_attribute
              WHERE attrelid = 'northwind.orders'::regclass AND attname IN ('note', 'costs')) AS columns`,
          ),
          [{ changed: 0, mine: null, columns: 0 }],
        );
        assert.equal((await anew()).alreadyThere, false, "also where nothing was changed");
      },
    );

    await t.step("where a part is gone it is asked for too, and the part is named", async () => {
      const url = await postgres.copy("part", NORTHWIND);
      await query(url, "DROP TABLE northwind_sales.sales_targets");
      await refusedAndAsFound(url, () => seed(request(url)), [
        /it holds what is left of it, without table northwind_sales\.sales_targets/,
        "--replace",
      ]);
      await query(url, "DROP SCHEMA northwind_sales CASCADE");
      await refusedAndAsFound(url, () => seed(request(url)), ["schema northwind_sales", "--replace"]);
      assert.equal((await seed(request(url, { replace: true }))).alreadyThere, false);
    });

    await t.step("a schema or table of the user's in the place of ours is not taken for ours", async () => {
      const url = await postgres.copy("in_its_place", NORTHWIND);
      await query(
        url,
        "DROP TABLE northwind.us_states; CREATE TABLE northwind.us_states AS SELECT 1 AS state_id",
      );
      await refusedAndAsFound(url, () => seed(request(url)), ["table northwind.us_states"]);
      await refusedAndAsFound(url, () => seed(request(url, { replace: true })), [
        "table northwind.us_states",
      ]);
      await query(
        url,
        "DROP SCHEMA northwind CASCADE; CREATE SCHEMA northwind; CREATE TABLE northwind.orders AS SELECT 1 AS order_id",
      );
      for (const replace of [false, true]) {
        await refusedAndAsFound(url, () => seed(request(url, { replace })), [
          'it has a schema "northwind" that Benchbook did not make',
        ]);
      }
    });

    await t.step("a table and a schema called as the marker's are not taken for it", async () => {
      const url = await postgres.database("marker");
      await query(url, "CREATE SCHEMA benchbook; CREATE TABLE benchbook.dataset (name text, scale text)");
      await refusedAndAsFound(url, () => seed(request(url, { replace: true })), [
        'it has a schema "benchbook" that is not Benchbook\'s',
      ]);
    });

    await t.step(
      "what a user builds upon a load that fails stays, and so does what it leans on",
      async () => {
        const url = await postgres.database("failing");
        const sql = `CREATE FUNCTION public.build() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
           IF tg_tag = 'CREATE VIEW' THEN RAISE 'no views today'; END IF;
           CREATE TABLE IF NOT EXISTS public.child () INHERITS (northwind.us_states);
         END $$;
         CREATE EVENT TRIGGER build ON ddl_command_end WHEN TAG IN ('CREATE INDEX', 'CREATE VIEW')
           EXECUTE FUNCTION public.build()`;
        // Seeding refuses one that is there before: it comes while the rows are on their way, before the first index.
        let made: Promise<unknown> | undefined;
        const onPlan = () => made = query(url, sql);
        await assert.rejects(seed(request(url, { onPlan })), /no views today/);
        await made;
        const [child] = await query(url, "SELECT to_regclass('public.child') IS NOT NULL AS there");
        assert.deepEqual(child, { there: true });
        await refusedAndAsFound(url, () => seed(request(url)), ["table public.child"]);
        await query(url, "DROP EVENT TRIGGER build; DROP TABLE public.child");
        assert.equal((await seed(request(url))).alreadyThere, false);
      },
    );
  }, SEEDED));
