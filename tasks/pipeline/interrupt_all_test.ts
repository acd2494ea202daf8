import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import { ExitCode } from "../model/errors.ts";
import { Key, type PseudoTerminal, withPseudoTerminal } from "../testing/pseudo_terminal.ts";
import { inspectLock } from "../stack/lock.ts";
import { identify, isAlive } from "../stack/process.ts";
import { pendingSpools } from "../store/spool.ts";
import {
  assertLeftAsFound,
  assertSane,
  inTerminal,
  servicesOf,
  storedRuns,
  withUserDatabase,
  writing,
} from "./testing_interrupt.ts";
import { until, withWorkbench, type Workbench } from "./testing.ts";
import { sleep } from "../net/sleep.ts";

const ignore = Deno.build.os !== "linux";

const TINY = ["--scale", "tiny", "--warmup", "300ms"];
const LONG = [...TINY, "--duration", "60s"];
const SHORT = [...TINY, "--duration", "2s"];
/** PostGraphile takes the longest to start: it is left out where it has no part in what happens. */
const WITHOUT_GRAPHQL = ["--paths", "sql,sql+cache"];
const LEAN = [...LONG, ...WITHOUT_GRAPHQL];
const LEAN_SHORT = [...SHORT, ...WITHOUT_GRAPHQL];

/** When a run is ended: so long after this is shown. */
interface Moment {
  readonly name: string;
  readonly args: readonly string[];
  readonly shown: RegExp;
  readonly afterMs: number;
  /** How the run is stored, null where it had not begun; several where it may have gone on when the key is seen. */
  readonly status: readonly ("interrupted" | "complete" | null)[];
}

const MOMENTS: readonly Moment[] = [
  { name: "while the stack starts", args: LONG, shown: /Start the stack/, afterMs: 0, status: [null] },
  { name: "while Redis starts", args: LONG, shown: /Start the stack/, afterMs: 40, status: [null] },
  { name: "as PostGraphile starts", args: LONG, shown: /Start GraphQL/, afterMs: 0, status: [null] },
  { name: "while PostGraphile starts", args: LONG, shown: /Start GraphQL/, afterMs: 500, status: [null] },
  {
    name: "during the proof",
    args: LEAN,
    shown: /Check that all paths/,
    afterMs: 100,
    status: [null, "interrupted"],
  },
  { name: "as the measuring begins", args: LEAN, shown: /Measure/, afterMs: 0, status: ["interrupted"] },
  {
    name: "while it warms up",
    args: [...LEAN, "--warmup", "30s"],
    shown: /Measure/,
    afterMs: 1500,
    status: ["interrupted"],
  },
  { name: "while it measures", args: LONG, shown: /Measure/, afterMs: 2500, status: ["interrupted"] },
  { name: "while it stores", args: LEAN_SHORT, shown: /Store/, afterMs: 0, status: ["complete"] },
  { name: "while notebooks run", args: LEAN_SHORT, shown: /Report/, afterMs: 300, status: ["complete"] },
  {
    name: "as the browser starts",
    args: LEAN_SHORT,
    shown: /printing the PDF/,
    afterMs: 100,
    status: ["complete"],
  },
  {
    name: "while it prints",
    args: LEAN_SHORT,
    shown: /printing the PDF/,
    afterMs: 300,
    status: ["complete"],
  },
];

const HUNG_UP = [
  "while Redis starts",
  "during the proof",
  "while it measures",
  "while it stores",
  "while it prints",
];

type Act = (terminal: PseudoTerminal) => void;

const press: Act = (terminal) => terminal.type(Key.ctrlC);
const hangUp: Act = (terminal) => terminal.hangUp();

/** How often a run is started anew that was over before the key was seen. */
const TRIES = 5;
/** Codes of a run that has ended by itself, whatever it found. */
const BY_ITSELF: readonly number[] = [ExitCode.ok, ExitCode.verdictFailed, ExitCode.invalid];

/** @param attempt gives false where the task was over before */
async function untilEnded(attempt: () => Promise<boolean>): Promise<void> {
  for (let left = TRIES; left > 0; left--) if (await attempt()) return;
  assert.fail("the task was always over before it was ended");
}

function endAt(
  moment: Moment,
  act: Act,
  where: { bench: Workbench; url: string; launcher?: readonly string[] },
): Promise<void> {
  return untilEnded(() => endOnceAt(moment, act, where));
}

/** @returns false where it was over before */
async function endOnceAt(
  moment: Moment,
  act: Act,
  { bench, url, launcher }: { bench: Workbench; url: string; launcher?: readonly string[] },
): Promise<boolean> {
  const before = await storedRuns(bench);
  return await inTerminal({ launcher, task: "bench", args: moment.args, bench, url }, async (terminal) => {
    await terminal.shows(moment.shown);
    await sleep(moment.afterMs);
    const services = servicesOf(bench);
    act(terminal);
    const { code } = await terminal.ended;
    const said = terminal.output();
    if (BY_ITSELF.includes(code) && !said.includes("Interrupted: ")) return false;
    // How soon is asked where nothing else keeps the machine busy.
    assert.equal(code, 130, said);
    assert.doesNotMatch(said, /a defect of Benchbook|\n\s+at /);
    await assertLeftAsFound({ bench, url, services, said });
    // Nobody looks at a terminal that is gone.
    if (act !== hangUp) assertSane(terminal);
    // A run that the one before had no time to store is stored first, and this one may have had none either.
    const recovered = said.match(/Recovered run/g)?.length ?? 0;
    const added = (await storedRuns(bench)).slice(before.length + recovered).map(({ status }) => status);
    const wanted = pendingSpools(bench.home).length > 0 ? [[]] : moment.status.map((status) => status ?? []);
    assert.ok(
      wanted.some((one) => isDeepStrictEqual(added, [one].flat())),
      `stored as ${added}, not ${wanted.join(" or ")}`,
    );
    return true;
  });
}

Deno.test({ name: "a run can be ended at any moment", ignore }, async (t) => {
  await withUserDatabase(async (bench, url) => {
    for (const moment of MOMENTS) {
      await t.step(`Ctrl-C ${moment.name}`, () => endAt(moment, press, { bench, url }));
      // It takes the same way: once for each kind of what it meets.
      if (!HUNG_UP.includes(moment.name)) continue;
      await t.step(`hangup ${moment.name}`, () => endAt(moment, hangUp, { bench, url }));
    }
    const measuring = { ...MOMENTS.find(({ name }) => name === "while it measures")!, args: LEAN };
    await t.step("Ctrl-C held down", async () => {
      await endAt(measuring, (terminal) => terminal.type(Key.ctrlC.repeat(9)), { bench, url });
    });
    await t.step("Ctrl-C through npx", async () => {
      await endAt(measuring, press, { bench, url, launcher: ["npx", "-y", "deno", "task"] });
    });
  });
});

Deno.test({ name: "Ctrl-\\ leaves as soon as everything is as it was", ignore }, async () => {
  await withUserDatabase(async (bench, url) => {
    await inTerminal(
      { task: "bench", args: [...LEAN, "--rate", "300"], bench, url },
      async (terminal) => {
        await writing(bench, url);
        const services = servicesOf(bench);
        terminal.type(Key.ctrlBackslash);
        const { code } = await terminal.ended;
        assert.equal(code, 130, terminal.output());
        await assertLeftAsFound({ bench, url, services, said: terminal.output() });
        assert.match(terminal.output(), /the next deno task bench stores it/);
      },
    );
  });
});

Deno.test(
  { name: "every long task leaves no process behind, however its terminal goes", ignore },
  async (t) => {
    await withWorkbench(async (bench) => {
      const tasks: readonly [string, readonly string[], RegExp, number][] = [
        ["seed", ["--scale", "tiny"], /Start the stack/, 100],
        ["doctor", [], /Task/, 1500],
        ["up", ["--scale", "tiny"], /Starting PostgreSQL/, 300],
        [
          "bench",
          ["--find-rate", "--scale", "tiny", "--paths", "sql", "--slo", "p95<200ms", "--duration", "5s"],
          /Probe|Warm/,
          800,
        ],
      ];
      for (const [task, args, shown, afterMs] of tasks) {
        for (const [way, act] of [["Ctrl-C", press], ["hangup", hangUp]] as const) {
          await t.step(`${task}, ${way}`, async () => {
            await untilEnded(() =>
              inTerminal({ task, args, bench }, async (terminal) => {
                await terminal.shows(shown);
                await sleep(afterMs);
                act(terminal);
                const { code } = await terminal.ended;
                assert.doesNotMatch(terminal.output(), /a defect of Benchbook|\n\s+at /);
                if (BY_ITSELF.includes(code)) {
                  await bench.run("clean", ["--yes"]);
                  return false;
                }
                assert.equal(code, 130, terminal.output());
                return true;
              })
            );
            assert.deepEqual(processesOf(bench.home), []);
          });
        }
      }
    }, { untouched: true });
  },
);

Deno.test(
  { name: "a test run that is interrupted leaves no service and no home behind", ignore },
  async () => {
    const file = await Deno.makeTempFile({ suffix: "_test.ts", dir: import.meta.dirname });
    await Deno.writeTextFile(
      file,
      `import { withStack } from "../stack/testing.ts";
    Deno.test("waits", () => withStack(async (stack, { home }) => {
      await stack.graphql(await stack.databaseUrl("some"), ["public"]);
      console.log("home " + home + " pids " + Object.values(stack.pids()).join(","));
      await new Promise((resolve) => setTimeout(resolve, 60_000));
    }));`,
    );
    try {
      await withPseudoTerminal([Deno.execPath(), "test", "-A", "--no-check", file], {}, async (terminal) => {
        const [, home, pids] = await terminal.shows(/home (\S+) pids ([\d,]+)/);
        const services = pids!.split(",").map((pid) => identify(Number(pid))!);
        assert.equal(services.length, 3);
        terminal.type(Key.ctrlC);
        await terminal.ended;
        await until(() => services.some(isAlive) ? null : true, "a service went on");
        await until(() => Deno.stat(home!).then(() => null, () => true), "the home was left");
      });
    } finally {
      await Deno.remove(file);
    }
  },
);

Deno.test({ name: "a task that a shell runs as a job", ignore }, async (t) => {
  await withUserDatabase(async (bench, url) => {
    const shell = (use: (terminal: PseudoTerminal) => Promise<void>) =>
      inTerminal({ launcher: ["bash", "--norc", "--noprofile"], task: "-i", bench, url }, use);
    // A busy machine misses a response time.
    const RUN = `deno task bench ${
      [...TINY, ...WITHOUT_GRAPHQL].join(" ")
    } --rate 300 --no-report --slo 'errors<1%'`;

    await t.step("its connection is lost: the job ends in order", async () => {
      await shell(async (terminal) => {
        terminal.type(`npx -y ${RUN} --duration 60s\n`);
        await writing(bench, url);
        const services = servicesOf(bench);
        terminal.hangUp();
        await terminal.ended;
        await until(() => services.some(isAlive) ? null : true, "a service went on");
        await until(() => inspectLock(bench.home).state === "held" ? null : true, "the task went on");
        await assertLeftAsFound({ bench, url, services });
        assert.deepEqual((await storedRuns(bench)).map(({ status }) => status), ["interrupted"]);
      });
    });

    await t.step(
      "Ctrl-Z, which deno task does not heed either, cannot make it stand still for ever",
      async () => {
        await shell(async (terminal) => {
          const before = (await storedRuns(bench)).length;
          terminal.type(`${RUN} --duration 60s; echo code $?\n`);
          await writing(bench, url);
          terminal.type(Key.ctrlZ);
          await terminal.shows(/Ctrl-Z is ignored/);
          await sleep(600);
          terminal.type(Key.ctrlC);
          assert.equal((await terminal.shows(/code (\d+)/))[1], "130");
          await assertLeftAsFound({ bench, url, services: [] });
          assert.deepEqual((await storedRuns(bench)).slice(before).map(({ status }) => status), [
            "interrupted",
          ]);
        });
      },
    );

    await t.step("a pipe whose reader has left: the run is made and stored all the same", async () => {
      await shell(async (terminal) => {
        const before = (await storedRuns(bench)).length;
        terminal.type(`${RUN} --duration 2s | head -1; echo code \${PIPESTATUS[0]}\n`);
        assert.match((await terminal.shows(/code (\d+)/))[1]!, /^[04]$/);
        await assertLeftAsFound({ bench, url, services: [] });
        assert.deepEqual((await storedRuns(bench)).slice(before).map(({ status }) => status), ["complete"]);
      });
    });
  });
});

/** Command lines of processes that know of a home. */
function processesOf(home: string): string[] {
  return [...Deno.readDirSync("/proc")].flatMap(({ name }) => {
    try {
      const words = Deno.readTextFileSync(`/proc/${Number(name)}/cmdline`).replaceAll("\0", " ");
      return words.includes(home) ? [words] : [];
    } catch {
      return [];
    }
  });
}
