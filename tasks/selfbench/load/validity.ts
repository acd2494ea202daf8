import type { Validity, ValidityCheck } from "../../model/summary.ts";
import { findProgram } from "../../stack/programs.ts";
import { type Finding, finding } from "../finding.ts";
import type { Ground } from "../ground.ts";
import type { OneArm } from "../one_arm.ts";
import { withServer } from "../servers/serving.ts";
import { spread } from "../spread.ts";
import type { LoadBenchPlan } from "./options.ts";
import { runInProcess, type RunWatch } from "./run_in_process.ts";
import { childEnvironment } from "../../stack/child_environment.ts";

const RATE = 2000;
/** Far more than a generator can make. */
const IMPOSSIBLE_RATE = 200_000;
const CONNECTIONS = 8;
const STOP_MS = 2000;
/** Threads that never rest, on the generator's own CPU. */
const THIEVES = 4;
/** From a thread with real-time priority they could steal nothing. Root has the right to it whatever its limit is. */
const WITHOUT_REAL_TIME = Deno.uid() === 0
  ? ["setpriv", "--bounding-set", "-sys_nice"]
  : ["prlimit", "--rtprio=0"];

interface Case {
  readonly what: string;
  readonly rate: number;
  /** The rules of which one at least must be broken. */
  readonly reasons: readonly ValidityCheck["name"][];
  readonly watch: (
    signal: AbortSignal,
  ) => Pick<RunWatch, "prefix" | "onStarted"> & { end?: () => Promise<void> };
}

/** Whether runs that the generator shaped end INVALID, for the right reason, and others do not. */
export async function validity(
  { healthy, seconds }: LoadBenchPlan,
  { terminal, dir, signal }: Ground,
  databaseUrl: string,
): Promise<{ findings: Finding[]; notMeasured: string[] }> {
  const taskset = findProgram("taskset");
  const cases: Case[] = [
    {
      what: `INVALID: ${IMPOSSIBLE_RATE.toLocaleString("en-US")}/s asked of the generator`,
      rate: IMPOSSIBLE_RATE,
      reasons: ["on-time", "generator-gap"],
      watch: () => ({}),
    },
    {
      what: "INVALID: the generator stopped for 2 s (SIGSTOP)",
      rate: RATE,
      reasons: ["generator-gap"],
      watch: stopping,
    },
    ...taskset === null ? [] : [{
      what: `INVALID: ${THIEVES} busy processes on the one CPU of a generator without priority`,
      rate: RATE,
      // A starved generator's own lag raises the median by which "on time" is judged: the intervals tell then.
      reasons: ["on-time", "generator-gap", "arrivals"] as const,
      watch: () => stealing(taskset),
    }],
  ];
  return await withServer("./instant.ts", [], async ({ url }) => {
    const runOnce = async (rate: number, watch: Omit<RunWatch, "signal">) =>
      (await runInProcess({ arm: armOf(url, rate, seconds), databaseUrl, requests: null }, dir, {
        ...watch,
        signal,
      })).validity;
    const findings: Finding[] = [];
    for (const { what, rate, reasons, watch } of cases) {
      findings.push(
        await terminal.step(what, async () => {
          const { end, ...watching } = watch(signal);
          try {
            return { value: judged(what, await runOnce(rate, watching), reasons) };
          } finally {
            await end?.();
          }
        }),
      );
    }
    const runs = await terminal.step("Healthy runs", async (progress) => {
      const runs: Validity[] = [];
      while (runs.length < healthy) {
        progress(`run ${runs.length + 1} of ${healthy}`);
        runs.push(await runOnce(RATE, {}));
      }
      return { value: runs };
    });
    findings.push(healthyFinding(runs));
    return {
      findings,
      notMeasured: taskset === null
        ? ["A generator whose CPU is stolen: taskset, which would pin the thieves beside it, is not on PATH."]
        : [],
    };
  });
}

function armOf(url: string, rate: number, seconds: number): OneArm {
  return {
    target: { path: "graphql", url, headers: {} },
    text: "{ product }",
    params: {},
    load: { arrivals: "poisson", rate },
    warmup: 1,
    seconds,
    connections: CONNECTIONS,
  };
}

function stopping(): ReturnType<Case["watch"]> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopped: number | undefined;
  return {
    onStarted(pid) {
      timer = setTimeout(() => {
        Deno.kill(stopped = pid, "SIGSTOP");
        timer = setTimeout(() => Deno.kill(pid, "SIGCONT"), STOP_MS);
      }, STOP_MS);
    },
    // A process that stands still would not end either.
    end() {
      clearTimeout(timer);
      try {
        if (stopped !== undefined) Deno.kill(stopped, "SIGCONT");
      } catch {
        // It has ended.
      }
      return Promise.resolve();
    },
  };
}

function stealing(taskset: string): ReturnType<Case["watch"]> {
  const thieves: Deno.ChildProcess[] = [];
  return {
    prefix: [...WITHOUT_REAL_TIME, taskset, "-c", "0"],
    onStarted() {
      for (let thief = 0; thief < THIEVES; thief++) {
        thieves.push(
          new Deno.Command(taskset, {
            args: ["-c", "0", Deno.execPath(), "eval", "for (;;) {}"],
            env: childEnvironment(),
            clearEnv: true,
            stdin: "null",
            stdout: "null",
            stderr: "null",
          }).spawn(),
        );
      }
    },
    async end() {
      for (const thief of thieves) thief.kill("SIGKILL");
      await Promise.all(thieves.map(({ status }) => status));
    },
  };
}

/** The part of a judgement that is looked at. */
export type Judged = Pick<Validity, "valid" | "checks">;

/** A run that must be refused. @param reasons of which one at least must be named */
export function judged(
  what: string,
  { valid, checks }: Judged,
  reasons: readonly ValidityCheck["name"][],
): Finding {
  const broken = checks.filter(({ ok }) => !ok);
  const found = broken.map(({ name, measured, limit, cause }) =>
    `${name} (${measured}; limit: ${limit}${cause === null ? "" : `; ${cause}`})`
  );
  return finding({
    what,
    unit: "",
    peer: null,
    goal: `refused for ${reasons.join(" or ")}`,
    reached: !valid && broken.some(({ name }) => reasons.includes(name)),
    note: valid ? "it was taken for valid" : found.join("; "),
  });
}

/** Runs that must be taken for valid. */
export function healthyFinding(runs: readonly Judged[]): Finding {
  const refused = runs.filter(({ valid }) => !valid);
  const why = refused.flatMap(({ checks }) =>
    checks.filter(({ ok }) => !ok).map(({ name, measured, cause }) =>
      `${name} (${measured}${cause === null ? "" : `; ${cause}`})`
    )
  );
  return finding({
    what: `healthy runs taken for valid, of ${runs.length}`,
    unit: "",
    ours: spread([runs.length - refused.length]),
    goal: "all",
    reached: refused.length === 0,
    note: why.length === 0 ? null : `refused for ${why.join("; ")}`,
  });
}
