import assert from "node:assert/strict";
import { Client } from "pg";
import { ServiceError } from "../model/errors.ts";
import { withStack } from "../stack/testing.ts";
import { until } from "./testing.ts";
import { type Watch, watchServices } from "./watch.ts";
import { sleep } from "../net/sleep.ts";

/** Longer than a watch takes to look at each process, and to connect again. */
const LOOKS_MS = 1_500;

Deno.test("a restart that was declared is no crash; one that was not is, and so is one that does not end", (t) =>
  withStack(async (stack) => {
    const { adminUrl } = stack.postgres;
    const watched = async (use: (watch: Watch, dead: () => string | null) => Promise<void>) => {
      const told: string[] = [];
      const watch = await watchServices({
        instances: [{ name: "postgres", service: "postgres", url: adminUrl }],
        pids: stack.pids,
        onDeath: (what) => told.push(what),
      });
      try {
        await use(watch, () => told[0] ?? null);
      } finally {
        await watch.stop();
      }
    };

    await t.step(
      "declared: the same address, another process, and all goes on",
      () =>
        watched(async (watch, dead) => {
          watch.expect({ instance: "postgres", fromUs: 5e6, untilUs: 305e6 }, 5e6);
          const { postgres: before } = stack.pids();
          await stack.control.restart("postgres");
          await sleep(LOOKS_MS);
          assert.notEqual(stack.pids().postgres, before);
          assert.equal(stack.postgres.adminUrl, adminUrl);
          const client = new Client({ connectionString: adminUrl });
          await client.connect();
          await client.end();
          await watch.look();
          assert.equal(dead(), null);
        }),
    );

    await t.step(
      "declared of another instance, or for another time: a crash",
      () =>
        watched(async (watch, dead) => {
          watch.expect({ instance: "postgres-target", fromUs: 0, untilUs: 30e6 }, 0);
          watch.expect({ instance: "postgres", fromUs: 0, untilUs: 1e6 }, 2e6);
          watch.expect({ instance: "postgres", fromUs: 100e6, untilUs: 130e6 }, 2e6);
          await stack.control.restart("postgres");
          await until(dead, "the restart was not noticed");
          assert.match(dead()!, /^the postgres process \(\d+\) ended during the run$/);
        }),
    );

    await t.step("declared, and still away when it is over: a crash", () =>
      watched(async (watch, dead) => {
        const began = performance.now();
        watch.expect({ instance: "postgres", fromUs: 0, untilUs: 2e6 }, 0);
        // One that ends in order may take longer than the outage on a busy machine.
        Deno.kill(stack.pids().postgres!, "SIGKILL");
        await until(dead, "it was not missed");
        assert.ok(performance.now() - began >= 1_900, "it was missed before its outage was over");
        assert.match(
          dead()!,
          /^the postgres process \(\d+\) was not there again when its declared outage/,
        );
      }));
  }, { redis: false, graphql: false }));

Deno.test("a service that takes no connection at the start fails the run by its name", async () => {
  for (const url of ["postgres://me:secret-word@127.0.0.1:1/mine", "redis://:secret-word@127.0.0.1:1"]) {
    const service = url.startsWith("redis") ? "redis" : "postgres";
    await assert.rejects(
      watchServices({ instances: [{ name: service, service, url }], pids: () => ({}), onDeath: assert.fail }),
      (error) =>
        error instanceof ServiceError &&
        /^Cannot watch (PostgreSQL|Redis) during the run: .*refused/i.test(error.message) &&
        !error.message.includes("secret-word"),
    );
  }
});
