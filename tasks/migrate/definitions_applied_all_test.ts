import assert from "node:assert/strict";
import { resolve } from "node:path";
import { Client } from "pg";
import { loadWorkload } from "../load/arms.ts";
import { mixOf } from "../load/plan.ts";
import { loadScenario } from "../load/scenario.ts";
import type { Migration, Shown, StepStatement } from "../model/migration.ts";
import { NORTHWIND, SEEDED } from "../pipeline/testing.ts";
import { counter } from "../random/counter.ts";
import { northwind } from "../seed/northwind/northwind.ts";
import { withPostgres } from "../stack/testing.ts";
import { parameterText } from "../targets/pg_values.ts";
import { loadMigration, migrationNames } from "./definition.ts";
import { runSteps } from "./run_steps.ts";

const ROOT = resolve(import.meta.dirname!, "../..");
const BASE = 1_000_000_000;

/** Relations as they look to programs: columns, checks, foreign keys, indexes and triggers, without partitions. */
const SHAPE = `
  WITH seen AS (
    SELECT c.oid, c.relname FROM pg_class c
    WHERE c.relnamespace IN ('northwind'::regnamespace, 'northwind_sales'::regnamespace)
      AND c.relkind IN ('r', 'p', 'v', 'm') AND NOT c.relispartition
  )
  SELECT concat_ws(' ', relname, 'column', attname, format_type(atttypid, atttypmod), CASE WHEN attnotnull THEN 'NOT NULL' END)
    AS fact FROM seen JOIN pg_attribute ON attrelid = oid WHERE attnum > 0 AND NOT attisdropped
  UNION ALL SELECT concat_ws(' ', relname, 'constraint', conname, pg_get_constraintdef(k.oid)) FROM seen JOIN pg_constraint k
    ON conrelid = seen.oid WHERE contype IN ('c', 'f')
  UNION ALL SELECT concat_ws(' ', relname, regexp_replace(pg_get_indexdef(indexrelid), ' INDEX \\S+ ON (ONLY )?\\S+', ' INDEX'))
    FROM seen JOIN pg_index ON indrelid = oid
  UNION ALL SELECT concat_ws(' ', relname, 'trigger', tgname) FROM seen JOIN pg_trigger ON tgrelid = seen.oid WHERE NOT tgisinternal
  ORDER BY 1`;

/** What a naive variant and a safe one end with otherwise: patterns of facts. All else they have in common. */
const APART: Readonly<Record<string, { readonly naive?: RegExp; readonly safe?: RegExp }>> = {
  "drop-column": { naive: /^orders |orders$|_orders /, safe: /^orders(_kept)? |fk_order_details_orders/ },
  partition: { naive: /^orders_whole / },
  "refresh-matview": { safe: /^category_days CREATE UNIQUE INDEX/ },
  "rename-column": { naive: /freight_amount/, safe: /freight/ },
};

/** Where the shop's questions, of fixed values, and its writes are asked. */
type Ask = (
  client: Client,
  kind: "reads" | "writes",
) => Promise<readonly (readonly [name: string, found: unknown])[]>;

Deno.test("each shipped change takes the locks that it names, and ends as it was meant, naive and safe", async (t) => {
  await withPostgres(async (_url, { database }) => {
    const admin = await database("postgres");
    const urlOf = (name: string) => Object.assign(new URL(admin), { pathname: `/${name}` }).href;
    const ask = await shop(urlOf(NORTHWIND));
    const seeded = await connected(urlOf(NORTHWIND), (client) => ask(client, "reads"));
    for (const name of migrationNames(ROOT)) {
      const migration = await loadMigration(ROOT, name);
      const shapes: string[][] = [];
      for (const { variant } of migration.variants) {
        const own = `${name.replaceAll("-", "_")}_${variant}`;
        await t.step(`${name}, ${variant}`, async () => {
          await connected(admin, (client) => client.query(`CREATE DATABASE ${own} TEMPLATE ${NORTHWIND}`));
          await connected(urlOf(own), async (client) => {
            await run(client, migration.before);
            if (variant === "naive") await applyNaive(client, migration);
            else {
              const writers = [writer(urlOf(own), name, 0), writer(urlOf(own), name, 1)];
              // A change may take less time than a connection.
              await Promise.all(writers.map(({ begun }) => begun));
              await applySafe(client, urlOf(own), migration).finally(() =>
                Promise.all(writers.map(({ end }) => end()))
              );
              await present(client, await Promise.all(writers.map(({ written }) => written)));
            }
            shapes.push((await client.query<{ fact: string }>(SHAPE)).rows.map(({ fact }) => fact));
            const errors = shownOf(migration, "error").map(({ code }) => code);
            const broken = variant === "naive" && errors.length > 0;
            const found = await ask(client, "reads");
            if (broken) assert.ok(found.some(([, answer]) => errors.includes(answer as string)), name);
            else assert.deepEqual(found, seeded);
            if (!broken) await writes(client, name, ask);
          });
          await connected(admin, (client) => client.query(`DROP DATABASE ${own}`));
        });
      }
      await t.step(`${name} has the same shape either way, but for what it must not`, () => {
        const [naive, safe] = shapes as [string[], string[]];
        const apart = APART[name] ?? {};
        assert.deepEqual(naive.filter((fact) => !safe.includes(fact) && !apart.naive?.test(fact)), []);
        assert.deepEqual(safe.filter((fact) => !naive.includes(fact) && !apart.safe?.test(fact)), []);
        assert.ok(naive.length > 100);
      });
    }
  }, SEEDED);
});

async function shop(url: string): Promise<Ask> {
  const scenario = await loadScenario(ROOT, "shop-under-change");
  const workload = await loadWorkload(scenario.workloadDir, scenario);
  const [row] = await connected(
    url,
    async (client) => (await client.query("SELECT counts FROM benchbook.dataset")).rows,
  );
  const dataset = { name: northwind.name, counts: row.counts };
  const mix = mixOf({ ...scenario, dataset, sources: {}, seed: 42 });
  return async (client, kind) => {
    const found: [string, unknown][] = [];
    for (const [index, { name, write = false }] of scenario.operations.entries()) {
      if (write !== (kind === "writes")) continue;
      for (const slot of [3, 4, 5]) {
        const { text, parameters } = workload[index]!.sql;
        const values = mix.valuesOf(slot, index);
        const given = parameters.map((parameter) => parameterText(values[parameter.name]));
        found.push([name, await client.query(text, given).then(({ rows }) => rows, ({ code }) => code)]);
      }
    }
    return found;
  };
}

async function connected<T>(url: string, use: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

async function run(client: Client, statements: readonly StepStatement[]): Promise<number> {
  let rows = 0;
  for (const { text } of statements) rows += (await client.query(text)).rowCount ?? 0;
  return rows;
}

/** Orders that were taken and names that were given, by the keys of the orders. */
interface Written {
  readonly orders: ReadonlyMap<number, number>;
  readonly names: ReadonlyMap<number, string>;
}

/** Somebody who takes orders and changes others, one after another, until the end. */
function writer(url: string, migration: string, nth: number) {
  let ended = false;
  const first = Promise.withResolvers<void>();
  const orders = new Map<number, number>();
  const names = new Map<number, string>();
  const written = connected<Written>(url, async (client) => {
    for (let n = 1; !ended; n++) {
      const order = BASE + 1000 + 2 * n + nth;
      const values = [order, n % 7 + 0.5];
      // A function that answers a row of the table fails in calls that wait while the table gets or loses a column.
      if (migration === "int-to-bigint") {
        await client.query(
          `SELECT FROM northwind.customers c, northwind.place_order($1, c.customer_id, 1, '2026-02-02', 1, $2, '{1,2}', '{3,4}')
           WHERE c.customer_id = (SELECT min(customer_id) FROM northwind.customers)`,
          values,
        );
      } else {
        await client.query(
          `INSERT INTO northwind.orders (order_id, customer_id, order_date, freight)
           SELECT $1, customer_id, '2026-02-02', $2 FROM northwind.customers ORDER BY customer_id LIMIT 1 OFFSET $1 % 50`,
          values,
        );
      }
      orders.set(order, n % 7 + 0.5);
      const [name, other] = [`client ${order}`, 10248 + nth + 2 * (n % 400)];
      await client.query("UPDATE northwind.orders SET ship_name = $1 WHERE order_id = $2", [name, other]);
      names.set(other, name);
      first.resolve();
    }
    return { orders, names };
  });
  written.catch(first.reject);
  return { written, begun: first.promise, end: () => (ended = true, written.catch(() => {})) };
}

/** All that was acknowledged is there, with its values. */
async function present(client: Client, all: readonly Written[]): Promise<void> {
  const { rows } = await client.query("SELECT to_jsonb(o) AS row FROM northwind.orders o");
  const found = new Map(rows.map(({ row }) => [row.order_id, row]));
  for (const { orders, names } of all) {
    assert.ok(orders.size > 0 && names.size > 0);
    for (const [id, freight] of orders) {
      assert.equal(found.get(id)?.freight ?? found.get(id)?.freight_amount, freight, String(id));
    }
    for (const [id, name] of names) {
      assert.equal(found.get(id)?.ship_name, name);
      assert.ok(found.get(id)?.freight > 0);
    }
  }
}

function shownOf<Kind extends Shown["kind"]>({ variants: [naive] }: Migration, kind: Kind) {
  return naive!.steps.flatMap(({ shows }) => shows).filter((shown): shown is Extract<Shown, { kind: Kind }> =>
    shown.kind === kind
  );
}

/** Relations by name with their numbers and their files. */
async function relations(
  client: Client,
): Promise<ReadonlyMap<string, { readonly oid: number; readonly file: number }>> {
  const { rows } = await client.query(`
    SELECT relnamespace::regnamespace || '.' || relname AS name, oid, relfilenode AS file FROM pg_class
    WHERE relkind IN ('r', 'p', 'v', 'm')`);
  return new Map(rows.map(({ name, ...row }) => [name, row]));
}

/** Each step in a transaction, before whose end its locks are looked at. */
async function applyNaive(client: Client, migration: Migration): Promise<void> {
  for (const { file, statements, shows } of migration.variants[0]!.steps) {
    const before = await relations(client);
    await client.query("BEGIN");
    const changed = await run(client, statements);
    const { rows } = await client.query(
      "SELECT relation AS oid, mode FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'relation' AND granted",
    );
    await client.query("COMMIT");
    const after = new Map([...(await relations(client)).values()].map(({ oid, file }) => [oid, file]));
    for (const shown of shows) {
      if (shown.kind === "row") assert.ok(changed > 1000, file);
      if (shown.kind === "wait") {
        const { oid } = before.get(shown.relation)!;
        assert.ok(
          rows.some((lock) => lock.oid === oid && lock.mode === shown.mode),
          `${file}: ${shown.mode}`,
        );
      }
    }
    const rewritten = [...before].filter(([, { oid, file }]) => after.has(oid) && after.get(oid) !== file);
    const declared = shows.flatMap((shown) => shown.kind === "rewrite" ? [shown.relation] : []);
    assert.deepEqual(rewritten.map(([name]) => name), declared, file);
  }
}

/** As a run does; what is there already is not written anew. */
async function applySafe(client: Client, url: string, { variants, name }: Migration): Promise<void> {
  const before = await relations(client);
  const safe = variants.find(({ variant }) => variant === "safe")!;
  const written = LATE[name] ?? [];
  for (const [nth, from] of [0, ...written].entries()) {
    if (nth > 0) await lateCustomer(client, `LATE${nth}`);
    const { done, stopped, left } = await runSteps(
      { ...safe, steps: safe.steps.slice(from, written[nth] ?? safe.steps.length) },
      {
        url,
        runId: "20260301-101010-ab12",
        nowUs: () => performance.now() * 1000,
        random: counter(1, "applied"),
        onRecord() {},
      },
    );
    assert.deepEqual([done, stopped, left], [true, null, []]);
  }
  const after = new Map([...(await relations(client)).values()].map(({ oid, file }) => [oid, file]));
  const rewritten = [...before].filter(([, { oid, file }]) => after.has(oid) && after.get(oid) !== file);
  assert.deepEqual(rewritten.map(([name]) => name), [], name);
}

/** After so many steps of a safe form a customer comes, and orders at once. */
const LATE: Readonly<Record<string, readonly number[]>> = { "add-aggregate": [2, 3, 5, 6, 7] };

async function lateCustomer(client: Client, key: string): Promise<void> {
  await client.query(
    `INSERT INTO northwind.customers
     SELECT (jsonb_populate_record(c, jsonb_build_object('customer_id', $1::text))).* FROM northwind.customers c LIMIT 1`,
    [key],
  );
  await client.query(
    `INSERT INTO northwind.orders (order_id, customer_id, order_date, freight)
     SELECT max(order_id) + 1, $1, '2026-02-02', 4.5 FROM northwind.orders WHERE order_id < ${BASE}`,
    [key],
  );
  await client.query(
    `INSERT INTO northwind.order_details (order_id, product_id, unit_price, quantity, discount)
     SELECT order_id, 1, 3, 2, 0 FROM northwind.orders WHERE customer_id = $1`,
    [key],
  );
}

/** Programs write as before, and what was changed takes part in it. */
async function writes(client: Client, name: string, ask: Ask): Promise<void> {
  const all = async (sql: string) => (await client.query(sql)).rows;
  const written = await ask(client, "writes");
  assert.deepEqual(
    written.map(([, rows]) => (rows as unknown[]).length),
    written.map(() => 1),
    JSON.stringify(written),
  );
  const [placed] = await all(
    `SELECT o.* FROM northwind.customers c, northwind.place_order(${
      BASE + 7
    }, c.customer_id, 1, '2026-02-02', 1, 3, '{1,2}', '{3,4}') o
     WHERE c.customer_id = (SELECT min(customer_id) FROM northwind.customers)`,
  );
  assert.equal(placed.order_id, BASE + 7);
  const [order] = await all(`SELECT * FROM northwind.orders WHERE order_id = ${BASE + 7}`);
  assert.equal(order.ship_city, placed.ship_city);
  if (LATE[name] !== undefined) await lateCustomer(client, "LATER");
  const counted = await all(COUNTED[name] ?? "SELECT 0 AS wrong");
  assert.deepEqual(counted, [{ wrong: 0 }]);
}

/** Rows that are not what the change promises of them, after writes. */
const COUNTED: Readonly<Record<string, string>> = {
  "add-aggregate": `
    SELECT (
      (SELECT count(*)
      FROM (SELECT customer_id, count(*) AS orders, sum(freight) AS freight FROM northwind.orders GROUP BY customer_id) o
      FULL JOIN northwind_sales.customer_totals t USING (customer_id)
      WHERE (coalesce(o.orders, 0), coalesce(o.freight, 0)) IS DISTINCT FROM (t.orders::bigint, t.freight))
      + (SELECT count(*)
      FROM (
        SELECT
          customer_id::text AS key, date_trunc('month', order_date::timestamp)::date AS month,
          count(*) AS lines, count(DISTINCT order_id) AS orders, sum(revenue) AS revenue, coalesce(sum(profit), 0) AS profit
        FROM northwind_sales.order_lines GROUP BY 1, 2
      ) o
      FULL JOIN (SELECT * FROM northwind_sales.month_totals WHERE dimension = 'customer' AND lines > 0) t USING (key, month)
      WHERE (o.lines, o.orders, o.revenue, o.profit) IS DISTINCT FROM (t.lines, t.orders, t.revenue, t.profit))
    )::integer AS wrong`,
  "add-column": "SELECT count(*)::integer AS wrong FROM northwind.orders WHERE changed_at IS NULL",
  backfill: `
    SELECT count(*)::integer AS wrong FROM northwind.orders WHERE order_id < ${BASE}
      AND ship_region_code IS DISTINCT FROM upper(left(coalesce(ship_region, ship_country), 2))`,
  "drop-column": `
    SELECT count(*)::integer AS wrong FROM northwind.orders JOIN northwind.customers c USING (customer_id)
    WHERE ship_region IS DISTINCT FROM c.region`,
  "int-to-bigint": `
    SELECT abs(sum(quantity) - 7)::integer AS wrong FROM northwind.order_details WHERE order_id = ${
    BASE + 7
  }`,
  partition: `
    SELECT count(*)::integer AS wrong FROM northwind.orders
    WHERE tableoid <> 'northwind.orders_to_2026'::regclass`,
  "rename-column": `
    WITH changed AS (
      UPDATE northwind.orders SET freight_amount = 12.5 WHERE order_id = ${
    BASE + 7
  } RETURNING freight, freight_amount
    )
    SELECT count(*)::integer AS wrong FROM (
      SELECT freight, freight_amount FROM northwind.orders UNION ALL TABLE changed
    ) o WHERE freight IS DISTINCT FROM freight_amount`,
};
