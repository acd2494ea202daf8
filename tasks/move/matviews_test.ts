import assert from "node:assert/strict";
import { withClient } from "../seed/connect.ts";
import { withDatabase } from "../stack/testing_shared.ts";
import { refresh, staleText } from "./matviews.ts";

Deno.test("materialized views are filled anew where nobody who reads them waits, and the others are named", () =>
  withDatabase((url) =>
    withClient(url, async (client) => {
      await client.query(`
        CREATE SCHEMA shop;
        CREATE TABLE shop.item (id int PRIMARY KEY);
        INSERT INTO shop.item VALUES (1), (2);
        CREATE MATERIALIZED VIEW shop.keyed AS SELECT id FROM shop.item;
        CREATE UNIQUE INDEX ON shop.keyed (id);
        CREATE MATERIALIZED VIEW shop.total AS SELECT count(*)::int AS n FROM shop.item;
        CREATE MATERIALIZED VIEW shop.partly AS SELECT id FROM shop.item;
        CREATE UNIQUE INDEX ON shop.partly (id) WHERE id > 1;
        CREATE MATERIALIZED VIEW shop.unfilled AS SELECT 1 AS n WITH NO DATA;
        DELETE FROM shop.item WHERE id = 2`);
      assert.deepEqual(await refresh(client, ["shop"]), ["shop.keyed"]);
      const { rows } = await client.query(
        "SELECT (SELECT count(*)::int FROM shop.keyed) AS keyed, (SELECT n FROM shop.total) AS total",
      );
      assert.deepEqual(rows, [{ keyed: 1, total: 2 }]);
      assert.match(
        (await staleText(client, ["shop"]))!,
        /then: REFRESH MATERIALIZED VIEW shop\.partly; REFRESH MATERIALIZED VIEW shop\.total;$/,
      );
      assert.equal(await staleText(client, ["public"]), null);
    })
  ));
