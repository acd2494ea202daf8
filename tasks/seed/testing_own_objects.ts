import assert from "node:assert/strict";
import { datasets } from "./catalog.ts";
import { withClient } from "./connect.ts";
import { madeObjects } from "./made_objects.ts";
import { readMarker } from "./marker.ts";
import { knownOf, lookAt, privilegesOn } from "./own_objects.ts";
import { seed } from "./seed.ts";
import { DEPENDENTS } from "./testing_dependents.ts";

/** Seeds an empty database of a superuser's and looks at everything that others could have made in and upon it. */
export async function tellOwnFromOthers(t: Deno.TestContext, url: string): Promise<void> {
  await withClient(url, async (client) => {
    for (const dataset of Object.keys(datasets)) await seed({ url, dataset, scale: "tiny", seed: 42 });

    for (const { name, schemas } of Object.values(datasets)) {
      await t.step(`all that ${name} is made of is known by its record, and by its files`, async () => {
        const marker = (await readMarker(client, name))!;
        assert(marker.listed);
        const recorded = await lookAt(client, schemas, await knownOf(marker, name));
        assert.deepEqual([recorded.foreign, recorded.missing], [[], []]);
        const named = await lookAt(client, schemas, { objects: [], names: await madeObjects(name) });
        assert.deepEqual(named, recorded);
        assert.deepEqual(
          schemas.filter((schema) => !recorded.own.some(({ object }) => object === `schema ${schema}`)),
          [],
        );
        assert.deepEqual(await privilegesOn(client, schemas), []);
      });
    }

    const northwind = datasets.northwind!;
    const known = await knownOf((await readMarker(client, "northwind"))!, "northwind");
    const look = (names = known) => lookAt(client, northwind.schemas, names);
    const all = Object.values(datasets).flatMap(({ schemas }) => schemas);
    const allKnown = {
      objects: [
        ...known.objects,
        ...(await knownOf((await readMarker(client, "events"))!, "events")).objects,
      ],
      names: [],
    };
    const allNamed = {
      objects: [],
      names: (await Promise.all(Object.keys(datasets).map(madeObjects))).flat(),
    };
    const { rows: [{ role }] } = await client.query("SELECT current_user AS role");
    await client.query("CREATE SCHEMA app");
    for (const { sql, names } of DEPENDENTS) {
      await t.step(`${sql.slice(0, 100)}: ${names.join(", ")}`, async () => {
        await client.query("BEGIN");
        try {
          await client.query(sql);
          const { foreign } = await lookAt(client, all, allKnown);
          assert.deepEqual(foreign, names.map((name) => name.replace("ROLE", role)));
          // A half loaded one knows its objects by their names; of functions that is less.
          const named = await lookAt(client, all, allNamed);
          if (!sql.includes("FUNCTION northwind.place_order")) assert.deepEqual(named.foreign, foreign);
        } finally {
          await client.query("ROLLBACK");
        }
      });
    }

    await t.step("what bears the name of ours and is another's is not ours", async () => {
      await client.query("BEGIN");
      await client.query(
        "DROP TABLE northwind_sales.sales_targets; CREATE TABLE northwind_sales.sales_targets (n integer)",
      );
      const { foreign, missing } = await look();
      assert.deepEqual(foreign, ["table northwind_sales.sales_targets"]);
      assert.deepEqual(missing, ["table northwind_sales.sales_targets"]);
      await client.query("ROLLBACK");
    });

    await t.step("privileges beyond the owner's defaults are named", async () => {
      await client.query("BEGIN");
      await client.query(
        `CREATE ROLE reporter; CREATE ROLE writer;
           ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO reporter;
           GRANT SELECT ON northwind.orders TO reporter;
           GRANT INSERT ON northwind.orders TO writer;
           GRANT UPDATE (freight) ON northwind.orders TO writer;
           GRANT USAGE ON SCHEMA northwind TO PUBLIC;
           REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA northwind FROM PUBLIC`,
      );
      const found = await privilegesOn(client, northwind.schemas);
      await client.query("ROLLBACK");
      assert.deepEqual(found.map((text) => text.replace(/\(.*/, "")), [
        "privileges of PUBLIC on function northwind.place_order",
        "privileges of PUBLIC on schema northwind",
        "privileges of role writer on table column northwind.orders.freight",
        "privileges of role writer on table northwind.orders",
      ]);
    });

    await t.step("after a restore from a dump names count again, as no oid is what it was", async () => {
      await client.query("BEGIN");
      const changed = known.objects.map(({ object, oid }) => ({
        object,
        oid: oid === null ? null : oid + 100_000,
      }));
      const { foreign, missing } = await look({ objects: changed, names: [] });
      await client.query("ROLLBACK");
      assert.deepEqual([foreign, missing], [[], []]);
    });
  });
}
