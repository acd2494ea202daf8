import assert from "node:assert/strict";
import { Client } from "pg";
import { UsageError } from "../model/errors.ts";
import { withPostgres } from "../stack/testing.ts";
import { assertAsFound } from "../testing/facts.ts";
import { lookAtPostgres } from "../testing/look_at_postgres.ts";
import { refuseEventTriggers, refuseReplicated } from "./listeners.ts";
import { seed, type SeedRequest } from "./seed.ts";

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

async function refused(url: string, work: () => Promise<unknown>, said: RegExp): Promise<void> {
  const before = await lookAtPostgres(url);
  await assert.rejects(work(), (error: UsageError) => {
    assert(error instanceof UsageError, String(error));
    assert.match(`${error.message}. ${error.next}`, said);
    return true;
  });
  assertAsFound(before, await lookAtPostgres(url));
}

const NOTED = `
  CREATE TABLE public.ddl_log (at timestamptz DEFAULT now(), tag text);
  CREATE FUNCTION public.note() RETURNS event_trigger LANGUAGE plpgsql
  AS $$ BEGIN INSERT INTO public.ddl_log (tag) VALUES (tg_tag); END $$;`;

Deno.test("what of the user's would act on a seeding is refused before anything is made", async (t) => {
  await withPostgres(async (_url, postgres) => {
    await t.step("a publication for all tables", async () => {
      const url = await postgres.database("published");
      await query(
        url,
        "CREATE TABLE public.orders (id int PRIMARY KEY); CREATE PUBLICATION live FOR ALL TABLES",
      );
      await refused(
        url,
        () => seed(request(url)),
        /Cannot seed northwind in "published": .* publication live \(FOR ALL TABLES\)\. .*another database, or publish chosen/,
      );
      await query(url, "DROP PUBLICATION live; CREATE PUBLICATION live FOR TABLE public.orders");
      assert.equal((await seed(request(url))).alreadyThere, false);
      // One that came upon the seeded database stands against what a run writes there, and against other rows.
      for (const tables of ["ALL TABLES", "TABLES IN SCHEMA northwind"]) {
        await query(url, `DROP PUBLICATION live; CREATE PUBLICATION live FOR ${tables}`);
        await refused(
          url,
          () => connected(url, (client) => refuseReplicated(client, "run order-entry", ["northwind"])),
          /Cannot run order-entry: .* publication live/,
        );
        await refused(url, () => seed(request(url, { seed: 43, replace: true })), /live/);
      }
      await query(url, "DROP PUBLICATION live; CREATE PUBLICATION live FOR TABLE benchbook.dataset");
      await refused(
        url,
        () => seed(request(url, { dataset: "events" })),
        /publication live \(benchbook\.dataset\)/,
      );
    });

    await t.step("a logical slot that no publication feeds", async () => {
      const url = await postgres.database("decoded");
      await query(url, "SELECT pg_create_logical_replication_slot('audit', 'test_decoding')");
      await refused(url, () => seed(request(url)), /replication slot audit \(test_decoding\)/);
      await query(url, "SELECT pg_drop_replication_slot('audit')");
    });

    await t.step(
      "event triggers on what it creates or drops, with the statement that disables them",
      async () => {
        for (const event of ["ddl_command_start", "ddl_command_end", "sql_drop"]) {
          const url = await postgres.database(`triggered_${event}`);
          await query(
            url,
            `${NOTED} CREATE EVENT TRIGGER "Noted" ON ${event} EXECUTE FUNCTION public.note();
           CREATE EVENT TRIGGER casts ON ddl_command_end WHEN TAG IN ('CREATE CAST') EXECUTE FUNCTION public.note()`,
          );
          await refused(
            url,
            () => seed(request(url)),
            new RegExp(`event trigger "Noted" \\(${event}\\)\\. .*ALTER EVENT TRIGGER "Noted" DISABLE;$`),
          );
          await refused(
            url,
            () => connected(url, (client) => refuseEventTriggers(client, "remove Benchbook")),
            /Cannot remove Benchbook: .*"Noted"/,
          );
          assert.deepEqual(await query(url, "SELECT count(*)::int AS n FROM public.ddl_log"), [{ n: 0 }]);
          if (event !== "sql_drop") continue;
          await query(url, 'ALTER EVENT TRIGGER "Noted" DISABLE');
          assert.equal((await seed(request(url))).alreadyThere, false);
          assert.deepEqual(await query(url, "SELECT count(*)::int AS n FROM public.ddl_log"), [{ n: 0 }]);
        }
      },
    );
  });
});
