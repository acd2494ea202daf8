import assert from "node:assert/strict";
import { Key } from "../testing/pseudo_terminal.ts";
import {
  assertLeftAsFound,
  assertSane,
  inTerminal,
  servicesOf,
  storedRuns,
  withUserDatabase,
  writing,
} from "./testing_interrupt.ts";

const ignore = Deno.build.os !== "linux";

/** Long enough to be caught in the middle. */
const LONG = ["--scale", "tiny", "--duration", "60s", "--warmup", "300ms", "--rate", "300"];

Deno.test(
  { name: "ended from a terminal, a run leaves the user's database as it was", ignore },
  async (t) => {
    await withUserDatabase(async (bench, url) => {
      await t.step(
        "Ctrl-C, which deno task forwards too, counts once: the run is stored, and undone",
        async () => {
          await inTerminal({ task: "bench", args: LONG, bench, url }, async (terminal) => {
            await writing(bench, url);
            const services = servicesOf(bench);
            assert.ok(services.length >= 2);
            terminal.type(Key.ctrlC);
            const { code } = await terminal.ended;
            assert.equal(code, 130, terminal.output());
            await assertLeftAsFound({ bench, url, services, said: terminal.output() });
            assertSane(terminal);
            const [run] = await storedRuns(bench);
            assert.equal(run!.status, "interrupted");
            assert.ok(run!.rows > 0);
          });
        },
      );
    });
  },
);
