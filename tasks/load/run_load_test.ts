import assert from "node:assert/strict";
import { Client } from "pg";
import { oneArmPlan, readRecords } from "../selfbench/one_arm.ts";
import { withPostgres } from "../stack/testing.ts";
import { admitted, serveTls } from "../postgres/testing_tls.ts";
import { CUT_LEAD_US } from "./cuts.ts";
import { EventHub } from "./event_hub.ts";
import type { RunEvents } from "./run_events.ts";
import { runLoad } from "./run_load.ts";

Deno.test("a system that accepts and never answers does not keep anyone who wants to leave", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepted: Deno.Conn[] = [];
  const accepting = (async () => {
    for await (const connection of listener) accepted.push(connection);
  })();
  const dir = Deno.makeTempDirSync();
  const ofOneArm = oneArmPlan({
    target: { path: "graphql", url: `http://127.0.0.1:${listener.addr.port}/`, headers: {} },
    text: "{ one }",
    params: {},
    load: { clients: 2 },
    warmup: 0,
    seconds: 5,
    connections: 2,
  }, dir);
  // Far longer than any machine takes to leave.
  const plan = { ...ofOneArm, timeoutMs: 300_000 };
  const leaving = new AbortController();
  const events = new EventHub<RunEvents>();
  events.on("start", () => assert.fail("it began without its rehearsal"));
  const timer = setTimeout(() => leaving.abort(), 500);
  try {
    const began = performance.now();
    const result = await runLoad({ plan, signal: leaving.signal, events });
    assert.deepEqual([result.interrupted, result.progress.due, result.phases], [true, 0, []]);
    assert.ok(performance.now() - began < 250_000, "it waited until the rehearsal's requests timed out");
  } finally {
    clearTimeout(timer);
    listener.close();
    await accepting;
    for (const connection of accepted) connection.close();
    Deno.removeSync(dir, { recursive: true });
  }
});

Deno.test("over TLS, where Deno's loop waits, an open and a closed loop leave a row for each slot too", async () => {
  await withPostgres(async (url) => {
    const admin = new Client({ connectionString: url });
    await admin.connect();
    await serveTls(admin);
    const secured = new URL(url);
    secured.searchParams.set("sslmode", "no-verify");
    const encrypted = "SELECT FROM pg_stat_ssl WHERE ssl AND pid IN " +
      "(SELECT pid FROM pg_stat_activity WHERE application_name = 'benchbook-load')";
    const dir = Deno.makeTempDirSync();
    try {
      await admitted(secured.href);
      for (const load of [{ arrivals: "poisson" as const, rate: 200 }, { clients: 2 }]) {
        const plan = oneArmPlan({
          target: { path: "sql", url: secured.href },
          text: "SELECT $1::int AS n",
          params: { n: { kind: "integer", min: 1, max: 9 } },
          load,
          warmup: 0,
          seconds: 300,
          connections: 2,
        }, Deno.makeTempDirSync({ dir }));
        let watched: Promise<number | null> | undefined;
        const events = new EventHub<RunEvents>();
        const { phaseId } = plan.phases.at(-1)!;
        // It goes on until that was looked at, however long a busy machine takes for it.
        const look = (nowUs: () => number) =>
          admin.query(encrypted).then(({ rowCount }) => rowCount)
            .finally(() => events.emit("cut", { phaseId, endUs: nowUs() + CUT_LEAD_US }));
        events.on("start", ({ nowUs }) => void (watched = look(nowUs)));
        const { signal } = new AbortController();
        const { progress, interrupted } = await runLoad({ plan, signal, events });
        assert.equal(interrupted, false);
        assert.equal(await watched, 2);
        const { rows, ok } = readRecords(plan);
        assert.deepEqual([rows, ok], [progress.due, progress.due]);
      }
    } finally {
      await admin.end();
      Deno.removeSync(dir, { recursive: true });
    }
  });
});
