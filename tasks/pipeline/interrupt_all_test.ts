import assert from "node:assert/strict";
import { Key, type PseudoTerminal } from "../testing/pseudo_terminal.ts";
import {
  assertLeftAsFound,
  assertSane,
  inTerminal,
  servicesOf,
  storedRuns,
  withUserDatabase,
} from "./testing_interrupt.ts";
import type { Workbench } from "./testing.ts";

const ignore = Deno.build.os !== "linux";

const TINY = ["--scale", "tiny", "--warmup", "300ms"];
const LONG = [...TINY, "--duration", "60s"];
const SHORT = [...TINY, "--duration", "2s"];

/** When a run is ended: so long after this is shown. */
interface Moment {
  readonly name: string;
  readonly args: readonly string[];
  readonly shown: RegExp;
  readonly afterMs: number;
  /** How the run is stored; null where it had not begun. */
  readonly status: "interrupted" | "complete" | null;
}

const MOMENTS: readonly Moment[] = [
  { name: "while the stack starts", args: LONG, shown: /Start the stack/, afterMs: 0, status: null },
  { name: "while Redis starts", args: LONG, shown: /Start the stack/, afterMs: 40, status: null },
  { name: "as PostGraphile starts", args: LONG, shown: /Start GraphQL/, afterMs: 0, status: null },
  { name: "while PostGraphile starts", args: LONG, shown: /Start GraphQL/, afterMs: 500, status: null },
  { name: "during the proof", args: LONG, shown: /Prove that/, afterMs: 100, status: null },
  { name: "as the measuring begins", args: LONG, shown: /Measure/, afterMs: 0, status: "interrupted" },
  {
    name: "while it warms up",
    args: ["--scale", "tiny", "--warmup", "30s", "--duration", "60s"],
    shown: /Measure/,
    afterMs: 1500,
    status: "interrupted",
  },
  { name: "while it measures", args: LONG, shown: /Measure/, afterMs: 2500, status: "interrupted" },
  { name: "while it stores", args: SHORT, shown: /Store/, afterMs: 0, status: "complete" },
  { name: "while notebooks run", args: SHORT, shown: /Report/, afterMs: 300, status: "complete" },
  { name: "as the browser starts", args: SHORT, shown: /printing the PDF/, afterMs: 100, status: "complete" },
  { name: "while it prints", args: SHORT, shown: /printing the PDF/, afterMs: 300, status: "complete" },
];

type Act = (terminal: PseudoTerminal) => void;

const press: Act = (terminal) => terminal.type(Key.ctrlC);
const hangUp: Act = (terminal) => terminal.hangUp();

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function endAt(
  moment: Moment,
  act: Act,
  { bench, url, launcher }: { bench: Workbench; url: string; launcher?: readonly string[] },
): Promise<void> {
  const before = await storedRuns(bench);
  await inTerminal({ launcher, task: "bench", args: moment.args, bench, url }, async (terminal) => {
    await terminal.shows(moment.shown);
    await pause(moment.afterMs);
    const services = servicesOf(bench);
    const actedAt = performance.now();
    act(terminal);
    const { code, at } = await terminal.ended;
    assert.equal(code, 130, terminal.output());
    assert.ok(at - actedAt < 5000, `ended after ${at - actedAt} ms`);
    assert.doesNotMatch(terminal.output(), /a defect of Benchbook|\n\s+at /);
    await assertLeftAsFound({ bench, url, services });
    // Nobody looks at a terminal that is gone.
    if (act !== hangUp) assertSane(terminal);
    const added = (await storedRuns(bench)).slice(before.length);
    assert.deepEqual(added.map(({ status }) => status), moment.status === null ? [] : [moment.status]);
  });
}

Deno.test({ name: "a run can be ended at any moment", ignore }, async (t) => {
  await withUserDatabase(async (bench, url) => {
    for (const moment of MOMENTS) {
      await t.step(`Ctrl-C ${moment.name}`, () => endAt(moment, press, { bench, url }));
      await t.step(`hangup ${moment.name}`, () => endAt(moment, hangUp, { bench, url }));
    }
    const measuring = MOMENTS.find(({ name }) => name === "while it measures")!;
    await t.step("Ctrl-C held down", async () => {
      await endAt(measuring, (terminal) => terminal.type(Key.ctrlC.repeat(9)), { bench, url });
    });
    await t.step("Ctrl-C through npx", async () => {
      await endAt(measuring, press, { bench, url, launcher: ["npx", "-y", "deno", "task"] });
    });
  });
});
