import assert from "node:assert/strict";
import { Client } from "pg";
import { withDatabase } from "../../stack/testing_shared.ts";
import { copyOut } from "../copy_out.ts";
import { CopyWriter } from "../copy_writer.ts";
import { seed } from "../seed.ts";
import { resolveData } from "../spec.ts";
import { schemaSql } from "../sql.ts";
import { removeReserved } from "../reserved.ts";
import { verify } from "../verify.ts";
import { events } from "./events.ts";

type Variant = Pick<Parameters<typeof resolveData>[0], "counts" | "distributions">;

Deno.test("the data of a real database are what they claim to be", async (t) => {
  await withDatabase(async (url, postgres) => {
    const request = { dataset: "events", scale: "tiny", seed: 7 };
    const { counts } = await seed({ url, ...request });
    const client = new Client({ connectionString: url });
    await client.connect();
    const rowsOf = async (sql: string, values: unknown[] = []) => (await client.query(sql, values)).rows;
    const fails = async (code: string, sql: string, values: unknown[] = []) => {
      await assert.rejects(client.query(sql, values), (error: { code?: string }) => error.code === code);
    };
    try {
      await t.step("every relation gives back exactly the bytes that were sent", async () => {
        const { shape } = resolveData(request);
        await client.query("SET timezone = 'UTC'");
        const out = new CopyWriter(4 * 1024 * 1024);
        for (const table of events.tables(shape, await events.prepare(shape))) {
          out.reset();
          for (let unit = 0; unit < table.units; unit++) table.write(unit, out);
          const sent = new TextDecoder().decode(out.payload).split("\n").toSorted();
          const stored = [""];
          await copyOut(
            client,
            `COPY (SELECT * FROM ${table.relation}) TO STDOUT`,
            (line) => stored.push(new TextDecoder().decode(line).slice(0, -1)),
          );
          assert.deepEqual(stored.toSorted(), sent, table.relation);
        }
      });

      await t.step("all that is promised of them is found: rows, keys, distributions, content", async () => {
        const checks = await verify({ url, ...request });
        assert.deepEqual(checks.filter(({ ok }) => !ok), []);
        const columns = Object.keys((await rowsOf(schemaSql("events/verify.sql")))[0]);
        const { shape } = resolveData(request);
        assert.deepEqual(columns.toSorted(), Object.keys(events.checks(shape, counts)).toSorted());
      });

      await t.step(
        "key spaces name exactly the keys that are there, popular organizations first",
        async () => {
          const spaces = events.keySpaces(counts);
          const keys = (name: string) =>
            Array.from({ length: spaces[name]!.count }, (_, index) => spaces[name]!.key(index));
          const found = await rowsOf(`
          SELECT
            (SELECT array_agg(user_id ORDER BY user_id) FROM events.users) AS users,
            (SELECT array_agg(event_id::float8 ORDER BY occurred_at, event_id) FROM events.events) AS events,
            (SELECT array_agg(organization_id ORDER BY events DESC) FROM (
              SELECT organization_id, count(*) AS events FROM events.events GROUP BY 1
            ) ranked) AS organizations`);
          assert.deepEqual(keys("users"), found[0].users);
          assert.deepEqual(keys("events"), found[0].events);
          assert.deepEqual(keys("organizations").toSorted(), found[0].organizations.toSorted());
          // With so few events only the first ranks are sure to be in their order.
          assert.deepEqual(keys("organizations").slice(0, 2), found[0].organizations.slice(0, 2));
        },
      );

      await t.step(
        "the dashboard's functions answer what their rows say, only for what was asked",
        async () => {
          const organization = events.keySpaces(counts).organizations!.key(0);
          const asked = [organization, "2025-06-10T00:00:00Z", "2025-09-03T12:00:00Z"];
          const some = `
          SELECT * FROM events.events
          WHERE organization_id = $1::integer AND occurred_at >= $2::timestamptz AND occurred_at < $3::timestamptz`;
          const raw = await rowsOf(
            `SELECT *, (occurred_at AT TIME ZONE 'UTC')::date::text AS day FROM (${some}) e`,
            asked,
          );
          const of = (type: string) => raw.filter(({ event_type }) => event_type === type);
          const different = (rows: typeof raw, column: string) =>
            new Set(rows.map((row) => row[column])).size;
          const revenue = (rows: typeof raw) =>
            rows.reduce((sum, { amount }) => sum + Math.round(Number(amount ?? 0) * 100), 0) / 100;
          const conversions = different(of("conversion"), "session_id");
          assert(raw.length > 300 && of("purchase").length > 0);

          const [overview] = await rowsOf("SELECT * FROM events.dashboard_overview($1, $2, $3)", asked);
          assert.deepEqual(
            Object.fromEntries(Object.entries(overview).map(([name, value]) => [name, Number(value)])),
            {
              events: raw.length,
              page_views: of("page_view").length,
              clicks: of("click").length,
              conversions: of("conversion").length,
              sign_ups: of("sign_up").length,
              purchases: of("purchase").length,
              revenue: revenue(raw),
              sessions: different(raw, "session_id"),
              active_users: different(raw, "user_id"),
              conversion_rate: Math.round(conversions / different(raw, "session_id") * 1e4) / 1e4,
            },
          );

          const days = await rowsOf(
            "SELECT *, day::text AS date FROM events.activity_by_day($1, $2, $3)",
            asked,
          );
          assert.deepEqual(
            days.map((row) => [
              row.date,
              Number(row.events),
              Number(row.active_users),
              Number(row.conversions),
              Number(row.revenue),
            ]),
            [...Map.groupBy(raw, ({ day }) => day)].toSorted(([a], [b]) => a < b ? -1 : 1).map((
              [day, rows],
            ) => [
              day,
              rows.length,
              different(rows, "user_id"),
              rows.filter(({ event_type }) => event_type === "conversion").length,
              revenue(rows),
            ]),
          );

          const engaged = await rowsOf("SELECT * FROM events.user_engagement($1, $2, $3, 5)", asked);
          const users = [...Map.groupBy(raw, ({ user_id }) => user_id)]
            .toSorted(([a, some], [b, others]) => others.length - some.length || a - b).slice(0, 5);
          assert.deepEqual(
            engaged.map((
              row,
            ) => [row.user_id, Number(row.events), Number(row.sessions), row.last_seen.getTime()]),
            users.map(([user, rows]) => [
              user,
              rows.length,
              different(rows, "session_id"),
              Math.max(...rows.map(({ occurred_at }) => occurred_at.getTime())),
            ]),
          );

          const time = asked.slice(1);
          const active = await rowsOf("SELECT * FROM events.active_organizations($1, $2)", time);
          assert.deepEqual(
            active.map(({ organization_id, last_seen }) => [organization_id, last_seen.getTime()]),
            (await rowsOf(
              `SELECT organization_id, max(occurred_at) AS last FROM events.events
             WHERE occurred_at >= $1 AND occurred_at < $2 GROUP BY 1 ORDER BY 2 DESC, 1`,
              time,
            )).map(({ organization_id, last }) => [organization_id, last.getTime()]),
          );
          const nothing = await rowsOf(
            "SELECT * FROM events.dashboard_overview($1, $2, $2)",
            asked.slice(0, 2),
          );
          assert.deepEqual([nothing[0].events, nothing[0].revenue, nothing[0].conversion_rate], [
            "0",
            "0",
            null,
          ]);
        },
      );

      await t.step(
        "an event is recorded for its user's organization, after the seeded year, and undone",
        async () => {
          const record =
            "SELECT * FROM events.record_event($1, $2, $3, '2026-02-03 04:05:06+00', 1, '/checkout', '{}', $4)";
          const [row] = await rowsOf(record, [events.reservedBase, 123, "purchase", "12.5"]);
          assert.deepEqual([row.event_id, row.organization_id, row.amount], ["1000000000000", 3, "12.50"]);
          await rowsOf(record, [events.reservedBase + 1, 124, "click", null]);
          await fails("23503", record, [events.reservedBase + 2, 1_001, "click", null]);
          await fails("23505", record, [events.reservedBase, 123, "click", null]);
          await fails("23514", record, [events.reservedBase + 2, 123, "shrug", null]);
          await fails("23514", record, [events.reservedBase + 2, 123, "click", "1"]);
          await fails("23514", record, [events.reservedBase + 2, 123, "purchase", null]);
          assert.deepEqual(
            await rowsOf("SELECT count(*)::integer AS recorded FROM events.events_default"),
            [{ recorded: 2 }],
          );
          assert(!(await verify({ url, ...request })).every(({ ok }) => ok));
          assert.deepEqual(await removeReserved(client, events, () => true), { "events.events_default": 2 });
          assert.deepEqual(await removeReserved(client, events, () => true), {});
          assert((await verify({ url, ...request })).every(({ ok }) => ok));
        },
      );

      await t.step("an event's user cannot be another organization's", async () => {
        const insert = `
          INSERT INTO events.events
          VALUES (10^15, '2026-01-01', 1, $1, $2, 'click', '/', '{}', NULL)`;
        await fails("23503", insert, [2, 1]);
        await fails("23503", insert, [11, 1]);
        await client.query(insert, [1, 1]);
        assert.deepEqual(await removeReserved(client, events, () => true), { "events.events_default": 1 });
      });

      await t.step("a dashboard reads the partitions and the index that it needs", async () => {
        await client.query("SET enable_seqscan = off");
        const plan = (await rowsOf(`
          EXPLAIN SELECT event_id FROM events.events
          WHERE organization_id = 3 AND occurred_at >= '2025-03-20' AND occurred_at < '2025-04-10'
          ORDER BY occurred_at DESC, event_id DESC LIMIT 20`)).map((row) => row["QUERY PLAN"]).join("\n");
        assert.deepEqual([...new Set(plan.match(/events_2025_\d\d(?= )/g))].toSorted(), [
          "events_2025_03",
          "events_2025_04",
        ]);
        assert.match(plan, /organization_id_occurred_at_event_id_idx/);
        assert.doesNotMatch(plan, /Sort \(/);
      });

      await t.step(
        "other counts and distributions hold what they promise, and not what others do",
        async () => {
          const other = await postgres.database("variants");
          const variants: Variant[] = [
            { counts: { organizations: 1, users: 1, events: 1 } },
            {
              counts: { organizations: 40, users: 2, events: 30_000 },
              distributions: { "events.tenantSkew": "0" },
            },
            {
              distributions: {
                "events.growth": "6",
                "events.hour": "1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1",
                "events.mix": "10,20,30,10,30",
                "events.perSession": "1",
                "events.purchaseMedian": "900",
                "events.purchaseSigma": "0.3",
                "events.weekday": "1,1,1,1,1,1,1",
                "users.role": "1,1,2",
              },
            },
          ];
          const found = new Client({ connectionString: other });
          await found.connect();
          try {
            for (const [at, variant] of variants.entries()) {
              const wanted = { ...request, ...variant, seed: at };
              await seed({ url: other, ...wanted, replace: true });
              assert.deepEqual(
                (await verify({ url: other, ...wanted })).filter(({ ok }) => !ok),
                [],
                String(at),
              );
            }
            // The last one strays from all that is declared otherwise.
            const row = (await found.query(schemaSql("events/verify.sql"))).rows[0];
            const usual = events.checks(resolveData(request).shape, counts);
            const strays = Object.keys(usual).filter((column) =>
              Math.abs(row[column] - usual[column]!.expected) > usual[column]!.tolerance
            );
            assert.deepEqual(strays.toSorted(), [
              "click_share",
              "conversion_share",
              "last_month",
              "page_view_share",
              "purchase_median",
              "purchase_share",
              "sign_up_share",
              "viewers",
              "weekend_share",
            ]);
          } finally {
            await found.end();
          }
        },
      );
    } finally {
      await client.end();
    }
  });
});
