import assert from "node:assert/strict";
import { Client } from "pg";
import { InterruptedError, ServiceError, UsageError } from "../model/errors.ts";
import { type TestPostgres, withPostgres } from "../stack/testing.ts";
import { datasets } from "./catalog.ts";
import { lockDatabase } from "./database_lock.ts";
import { ddl } from "./ddl.ts";
import { contentHash, sumTables } from "./hash.ts";
import { type Stage, STAGES } from "./progress.ts";
import { loadCustomisation } from "./custom.ts";
import { findDataset, seed, type SeedRequest } from "./seed.ts";
import { resolveData } from "./spec.ts";
import { cuttingProxy } from "./testing.ts";
import { removeReserved } from "./reserved.ts";

const northwind = datasets.northwind!;

/** The content of (northwind, tiny, 42) on every server. A change of the generator changes it, and its name. */
const TINY_42 = "71f1d14b3d25fbde542422976b5d51be";

const request = (url: string, changes: Partial<SeedRequest> = {}): SeedRequest => ({
  url,
  dataset: "northwind",
  scale: "tiny",
  seed: 42,
  ...changes,
});

async function connected<T>(url: string, use: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

const query = (url: string, sql: string) => connected(url, async (client) => (await client.query(sql)).rows);

/** A database of an ordinary role that may create in it and nothing else. */
async function ordinary(postgres: TestPostgres, name: string): Promise<string> {
  const admin = await postgres.database(name);
  await query(
    admin,
    `DO $$ BEGIN CREATE ROLE ordinary LOGIN PASSWORD 'plain'; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
     GRANT CREATE ON DATABASE ${name} TO ordinary`,
  );
  const url = new URL(admin);
  url.username = "ordinary";
  url.password = "plain";
  return url.href;
}

Deno.test("seeding a real server", async (t) => {
  await withPostgres(async (url, postgres) => {
    await t.step("an ordinary role fills an empty database, and the marker says with what", async () => {
      const own = await ordinary(postgres, "ordinary_role");
      const stages = new Set<Stage>();
      const copied: Record<string, number> = {};
      const seeded = await seed(request(own, {
        onProgress: ({ stage, table, done, total }) => {
          stages.add(stage);
          assert(done <= total);
          if (stage === "copy") copied[table] = done;
        },
      }));
      assert.equal(seeded.alreadyThere, false);
      assert.equal(seeded.hash, TINY_42);
      assert.deepEqual([...stages], ["copy", "constraints", "indexes", "analyze", "functions"]);
      assert.deepEqual(copied, seeded.counts);
      assert.deepEqual(Object.keys(seeded.counts).sort(), Object.keys(northwind.tableSchemas).sort());
      assert.equal(seeded.rows, Object.values(seeded.counts).reduce((sum, count) => sum + count));
      assert(seeded.bytes! > seeded.rows * 50);
      const { alreadyThere: _there, seconds: _seconds, tables: _tables, ...marker } = seeded;
      await connected(own, async (client) => {
        assert.deepEqual(await findDataset(client, "northwind"), marker);
        const tables = await sumTables(client, northwind);
        assert.equal(contentHash(tables), seeded.hash);
        assert.deepEqual(
          Object.fromEntries(Object.entries(tables).map(([table, { rows }]) => [table, rows])),
          seeded.counts,
        );
      });
    });

    await t.step("the same again returns at once and changes nothing", async () => {
      const first = await seed(request(url));
      const before = await query(url, "SELECT xmin, completed_at FROM benchbook.dataset");
      const second = await seed(request(url));
      assert.deepEqual(
        { ...second, seconds: 0 },
        { ...first, alreadyThere: true, seconds: 0, tables: null },
      );
      assert.deepEqual(await query(url, "SELECT xmin, completed_at FROM benchbook.dataset"), before);
    });

    await t.step("another seed needs --replace and then takes its place", async () => {
      await assert.rejects(seed(request(url, { seed: 43 })), (error: UsageError) => {
        assert(error instanceof UsageError);
        assert.match(error.message, /it holds scale tiny, seed 42/);
        assert.match(error.next!, /--replace/);
        return true;
      });
      const replaced = await seed(request(url, { seed: 43, replace: true }));
      assert.notEqual(replaced.hash, TINY_42);
      assert.equal((await seed(request(url, { replace: true }))).hash, TINY_42);
    });

    await t.step("any number of workers stores the same rows, cut or whole", async () => {
      for (const workers of [2, 5]) {
        const parallel = await postgres.database(`workers_${workers}`);
        const seeded = await seed(request(parallel, { workers }));
        assert.equal(seeded.hash, TINY_42);
        await connected(parallel, async (client) => {
          assert.equal(contentHash(await sumTables(client, northwind)), TINY_42);
        });
      }
    });

    await t.step("counts and distributions that differ make other data, and are named as such", async () => {
      const varied = await postgres.database("varied");
      const changes = {
        counts: { customers: 120, orders: 500 },
        distributions: { "orders.customerSkew": "1.2" },
      };
      const seeded = await seed(request(varied, changes));
      assert.equal(seeded.counts.customers, 120);
      assert.equal(seeded.counts.orders, 500);
      assert.equal(seeded.variation, "customers=120 orders.customerSkew=1.2 orders=500");
      assert.equal((await seed(request(varied, changes))).alreadyThere, true);
      await assert.rejects(seed(request(varied)), /it holds scale tiny, seed 42, customers=120/);
      // What is as the scale has it is no difference.
      assert.equal((await seed(request(url, { counts: { customers: 300 } }))).alreadyThere, true);
    });

    await t.step("a user's own columns are stored, by any number of workers", async () => {
      const file = await Deno.makeTempFile({ suffix: ".ts" });
      await Deno.writeTextFile(
        file,
        `export default {
          dataset: "northwind",
          columns: { "customers.company_name": ({ row, integer }) => "Shop " + row + "/" + integer(10) },
        };`,
      );
      const custom = await loadCustomisation(file, "/");
      try {
        const hashes = [];
        for (const workers of [1, 3]) {
          const own = await postgres.database(`custom_${workers}`);
          const seeded = await seed(request(own, { custom, workers }));
          hashes.push(seeded.hash);
          const [names] = await query(
            own,
            "SELECT count(*)::int AS n, count(*) FILTER (WHERE company_name ~ '^Shop [0-9]+/[0-9]$')::int AS ours FROM northwind.customers",
          );
          assert.deepEqual(names, { n: 300, ours: 300 });
        }
        assert.equal(hashes[0], hashes[1]);
        assert.notEqual(hashes[0], TINY_42);
      } finally {
        await Deno.remove(file);
      }
    });

    await t.step("a generator that fails in mid-load leaves nothing, and its row is named", async () => {
      const file = await Deno.makeTempFile({ suffix: ".ts" });
      await Deno.writeTextFile(
        file,
        `export default {
          dataset: "northwind",
          columns: { "orders.freight": ({ row }) => { if (row === 2000) throw new Error("no more"); return 1; } },
        };`,
      );
      try {
        const custom = await loadCustomisation(file, "/");
        for (const workers of [1, 2]) {
          const failing = await postgres.database(`failing_${workers}`);
          await assert.rejects(seed(request(failing, { custom, workers })), (error: UsageError) => {
            assert(error instanceof UsageError, String(error));
            assert(
              error.message.includes(file) && /orders\.freight.*2,?000.*no more/s.test(error.message),
              error.message,
            );
            return true;
          });
          assert.equal(await connected(failing, (client) => findDataset(client, "northwind")), null);
        }
      } finally {
        await Deno.remove(file);
      }
    });

    await t.step("a generator that breaks a key is its file's mistake, and the key is named", async () => {
      const file = await Deno.makeTempFile({ suffix: ".ts" });
      await Deno.writeTextFile(
        file,
        `export default { dataset: "northwind", columns: { "orders.employee_id": () => 4711 } };`,
      );
      try {
        const custom = await loadCustomisation(file, "/");
        const broken = await postgres.database("broken_key");
        await assert.rejects(seed(request(broken, { custom })), (error: UsageError) => {
          assert(error instanceof UsageError, String(error));
          assert(
            error.message.includes(file) && /fk_orders_employees.*4711/.test(error.message),
            error.message,
          );
          return true;
        });
      } finally {
        await Deno.remove(file);
      }
    });

    await t.step("what is loaded is told before anything is touched, and may be refused", async () => {
      const small = await postgres.database("too_small");
      const plans: { rows: number; bytes: number }[] = [];
      const onPlan = (plan: { rows: number; bytes: number }) => {
        plans.push(plan);
        throw new ServiceError("Cannot seed: there is no room");
      };
      await assert.rejects(seed(request(small, { onPlan })), /there is no room/);
      const { rows, bytes } = await seed(request(small));
      assert.equal(plans[0]!.rows, rows);
      assert(plans[0]!.bytes > bytes!, `${plans[0]!.bytes} bytes said, ${bytes} taken`);
    });

    await t.step(
      "tables are stored with all columns in their order: what is sent is what is read back",
      async () => {
        const spec = resolveData(request(url));
        const { dataset, shape } = spec;
        const tables = dataset.tables(shape, await dataset.prepare(shape));
        for (const { relation, columns } of tables) {
          const [row] = await query(
            url,
            `SELECT array_agg(attname::text ORDER BY attnum) AS columns FROM pg_attribute
           WHERE attrelid = '${relation}'::regclass AND attnum > 0 AND NOT attisdropped`,
          );
          assert.deepEqual(row.columns, columns, relation);
        }
        const declared = [
          ...await ddl("northwind", "constraints.sql"),
          ...await ddl("northwind", "indexes.sql"),
        ];
        assert(declared.length > 50);
      },
    );

    await t.step("writes with reserved keys are undone, and the hash proves it", async () => {
      await connected(url, async (client) => {
        const before = await sumTables(client, northwind);
        assert.equal(contentHash(before), TINY_42);
        for (const slot of [0, 7, 8]) {
          await client.query(
            `SELECT northwind.place_order($1::integer, customer_id, 1, '2026-01-15', 1, 9.5, '{1,2}', '{3,4}')
             FROM northwind.customers LIMIT 1`,
            [northwind.reservedBase + slot],
          );
        }
        assert.notDeepEqual(await sumTables(client, northwind), before);
        assert.deepEqual(await removeReserved(client, northwind, () => true), {
          "northwind.order_details": 6,
          "northwind.orders": 3,
        });
        assert.deepEqual(await sumTables(client, northwind), before);
      });
    });

    await t.step("an order of an unknown customer or product is refused whole", async () => {
      const place = (customer: string, products: string) =>
        query(
          url,
          `SELECT northwind.place_order(1000000001, ${customer}, 1, '2026-01-15', 1, 1, '${products}', '{1,1}')`,
        );
      const known = "(SELECT min(customer_id) FROM northwind.customers)";
      await assert.rejects(place("'?????'", "{1,2}"), { code: "23503" });
      await assert.rejects(place(known, "{1,9999}"), { code: "23503" });
      await assert.rejects(place(known, "{}"), { code: "23503" });
      await connected(url, async (client) => {
        assert.deepEqual(await removeReserved(client, northwind, () => true), {});
      });
    });

    await t.step("a schema of that name which is not ours is refused and left alone", async () => {
      for (const schema of ["northwind", "northwind_sales", "benchbook"]) {
        const foreign = await postgres.database(`foreign_${schema}`);
        await query(foreign, `CREATE SCHEMA ${schema}; CREATE TABLE ${schema}.precious AS SELECT 1 AS n`);
        for (const replace of [false, true]) {
          await assert.rejects(seed(request(foreign, { replace })), UsageError);
        }
        assert.deepEqual(await query(foreign, `SELECT n FROM ${schema}.precious`), [{ n: 1 }]);
        assert.deepEqual(
          await query(
            foreign,
            "SELECT nspname FROM pg_namespace WHERE nspname ~ '^(northwind|benchbook)'",
          ),
          [{ nspname: schema }],
        );
      }
    });

    await t.step("an interruption at any stage leaves nothing that counts as whole", async () => {
      const broken = await postgres.database("interrupted");
      const generators = new URL("../../queries/generators/northwind-shops.ts", import.meta.url);
      const custom = await loadCustomisation(generators.pathname, "/");
      for (const stage of STAGES) {
        const controller = new AbortController();
        const onProgress = (progress: { stage: Stage; table: string }) => {
          if (progress.stage === stage && (stage !== "copy" || progress.table === "orders")) {
            controller.abort();
          }
        };
        await assert.rejects(
          seed(request(broken, { custom, signal: controller.signal, onProgress })),
          InterruptedError,
          stage,
        );
        assert.equal(await connected(broken, (client) => findDataset(client, "northwind")), null);
      }
      assert.equal((await seed(request(broken))).hash, TINY_42);
    });

    await t.step(
      "a connection lost in mid-load is a service's failure, and the next call begins again",
      async () => {
        const lost = await postgres.database("lost");
        // Enough for a part of tiny's half a megabyte.
        await cuttingProxy(lost, 200_000, async (cut) => {
          await assert.rejects(seed(request(cut)), (error: ServiceError) => {
            assert(error instanceof ServiceError, String(error));
            assert.equal(error.exitCode, 3);
            assert.match(error.message, /connection was lost/);
            return true;
          });
        });
        assert.equal(await connected(lost, (client) => findDataset(client, "northwind")), null);
        assert.equal((await seed(request(lost))).hash, TINY_42);
      },
    );

    await t.step("a process killed in mid-load leaves what the next call clears away", async () => {
      const killed = await postgres.database("killed");
      const seedFile = new URL("./seed.ts", import.meta.url).href;
      const code = `import { seed } from "${seedFile}";
        await seed({ url: Deno.env.get("TEST_URL"), dataset: "northwind", scale: "tiny", seed: 42,
          onProgress: ({ stage }) => stage === "indexes" && Deno.kill(Deno.pid, "SIGKILL") });`;
      const { signal } = await new Deno.Command(Deno.execPath(), {
        args: ["eval", "--ext=ts", code],
        env: { TEST_URL: killed },
      }).output();
      assert.equal(signal, "SIGKILL");
      assert.deepEqual(await query(killed, "SELECT status FROM benchbook.dataset"), [{ status: "loading" }]);
      assert.equal(await connected(killed, (client) => findDataset(client, "northwind")), null);
      assert.equal((await seed(request(killed))).hash, TINY_42);
    });

    await t.step("a database that cannot hold the data is refused with the reason", async () => {
      await query(url, "CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0");
      const latin = new URL(url);
      latin.pathname = "/latin";
      await assert.rejects(seed(request(latin.href)), /encoding must be UTF8: it is LATIN1/);
      await ordinary(postgres, "not_permitted");
      const denied = await ordinary(postgres, "not_permitted");
      await query(url, "REVOKE CREATE ON DATABASE not_permitted FROM ordinary");
      await assert.rejects(seed(request(denied)), /needs CREATE/);
    });

    await t.step(
      "while another task uses the database seeding is refused, unless it is part of that task",
      async () => {
        const busy = await postgres.database("busy");
        const lock = await lockDatabase(busy, "bench smoke");
        await assert.rejects(seed(request(busy)), /Cannot run seed northwind now: "bench smoke" .* is using/);
        assert.equal((await seed(request(busy, { locked: true }))).alreadyThere, false);
        await lock.release();
      },
    );

    await t.step("a load whose lock is lost ends: another task may begin at any moment", async () => {
      const unlocked = await postgres.database("unlocked");
      const sql = `CREATE FUNCTION public.unlock() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
           PERFORM pg_terminate_backend(pid) FROM pg_locks
           WHERE locktype = 'advisory' AND objsubid = 2
             AND database = (SELECT oid FROM pg_database WHERE datname = current_database());
           PERFORM pg_sleep(300);
         END $$;
         CREATE EVENT TRIGGER unlock ON ddl_command_end WHEN TAG IN ('CREATE INDEX')
           EXECUTE FUNCTION public.unlock()`;
      // Seeding refuses one that is there before: it comes while the rows are on their way, before the first index.
      let made: Promise<unknown> | undefined;
      const began = performance.now();
      await assert.rejects(seed(request(unlocked, { onPlan: () => made = query(unlocked, sql) })), {
        name: "ServiceError",
        message: /^Cannot keep the database "unlocked" to this task alone: the connection .* was lost/,
      });
      await made;
      assert(performance.now() - began < 200_000, "the statement under way was not cancelled");
      assert.equal(await connected(unlocked, (client) => findDataset(client, "northwind")), null);
    });

    await t.step("a server that cannot be reached is named without its password", async () => {
      const changed = (change: (url: URL) => void) => {
        const other = new URL(url);
        change(other);
        return other.href;
      };
      const cases: [string, RegExp][] = [
        [changed((other) => other.password = "wrong-secret"), /Cannot log in to PostgreSQL/],
        [changed((other) => other.pathname = "/nowhere"), /database "nowhere" .* does not exist/],
        [changed((other) => other.port = "1"), /nothing listens there/],
      ];
      for (const [bad, message] of cases) {
        await assert.rejects(seed(request(bad)), (error: ServiceError) => {
          assert(error instanceof ServiceError, String(error));
          assert.match(error.message, message);
          assert(!error.message.includes("secret") && !error.message.includes(new URL(url).password));
          return true;
        });
      }
    });
  });
});

Deno.test("a count that cannot be meant is a usage error that says what is allowed", async () => {
  const url = "postgres://localhost/none";
  for (const customers of [-1, 0, 2.5, NaN, 1e12]) {
    await assert.rejects(
      seed(request(url, { counts: { customers } })),
      (error: UsageError) =>
        error instanceof UsageError && /--customers .* a whole number from 1 to/.test(error.message),
    );
  }
  await assert.rejects(seed(request(url, { counts: { organizations: 5 } })), {
    name: "UsageError",
    message: /no such count/,
  });
  for (
    const [name, text] of [["orders.customerSkw", "1"], ["orders.customerSkew", "-1"], [
      "orders.weekday",
      "1,2",
    ]]
  ) {
    await assert.rejects(seed(request(url, { distributions: { [name!]: text! } })), UsageError);
  }
});

Deno.test("an unknown data set or scale is a usage error with the nearest name", async () => {
  const url = "postgres://localhost/none";
  await assert.rejects(seed(request(url, { dataset: "nortwind" })), {
    name: "UsageError",
    next: /Did you mean "northwind"/,
  });
  await assert.rejects(seed(request(url, { scale: "smal" })), {
    name: "UsageError",
    next: /Did you mean "small"/,
  });
  await assert.rejects(seed(request(url, { seed: 1.5 })), UsageError);
});
