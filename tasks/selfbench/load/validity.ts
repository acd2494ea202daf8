import type { ValidityCheck } from "../../model/validity.ts";
import { childEnvironment } from "../../stack/child_environment.ts";
import { findProgram } from "../../stack/programs.ts";
import { type Finding, finding } from "../finding.ts";
import type { PartContext } from "../measure_part.ts";
import { askServer, type OneArm } from "../one_arm.ts";
import { withServer } from "../servers/serving.ts";
import type { LoadBenchPlan } from "./options.ts";
import { runInProcess, type RunWatch } from "./run_in_process.ts";
import { type JudgedValidity, validityMatrix } from "./validity_matrix.ts";

const RATE = 2000;
const CONNECTIONS = 8;
/** Threads that never rest, on the generator's own CPU. */
const THIEVES = 4;
/** From a thread with real-time priority they could steal nothing. Root has the right to it whatever its limit is. */
const WITHOUT_REAL_TIME = Deno.uid() === 0
  ? ["setpriv", "--bounding-set", "-sys_nice"]
  : ["prlimit", "--rtprio=0"];
/** The rules of which one at least must be broken. */
// A starved generator's own lag raises the median by which "on time" is judged: the intervals tell then.
const REASONS = ["on-time", "generator-gap", "arrivals"] as const;

/** Whether runs that the generator shaped end INVALID, for the right reason, and others do not. */
export async function validity(
  plan: LoadBenchPlan,
  context: PartContext,
  databaseUrl: string,
): Promise<{ findings: Finding[]; notMeasured: string[] }> {
  const matrix = await validityMatrix(plan, context);
  if (plan.scenarios !== null || !plan.conditions.includes("starved")) {
    return { findings: matrix, notMeasured: [] };
  }
  const taskset = findProgram("taskset");
  if (taskset === null) {
    const why =
      "A generator whose CPU is stolen: taskset, which would pin the thieves beside it, is not on PATH.";
    return { findings: matrix, notMeasured: [why] };
  }
  return {
    findings: [...matrix, await stolen(taskset, plan.seconds, context, databaseUrl)],
    notMeasured: [],
  };
}

/** A generator without priority whose CPU others take. */
async function stolen(
  taskset: string,
  seconds: number,
  { terminal, dir, signal }: PartContext,
  databaseUrl: string,
): Promise<Finding> {
  const what = `INVALID: ${THIEVES} busy processes on the one CPU of a generator without priority`;
  return await terminal.step(what, () =>
    withServer("./instant.ts", [], async ({ url }) => {
      const { end, ...watching } = stealing(taskset);
      try {
        const order = { arm: armOf(url, RATE, seconds), databaseUrl, requests: null };
        const { validity } = await runInProcess(order, dir, { ...watching, signal });
        return { value: judged(what, validity, REASONS) };
      } finally {
        await end();
      }
    }));
}

function armOf(url: string, rate: number, seconds: number): OneArm {
  return {
    ...askServer(url),
    load: { arrivals: "poisson", rate },
    warmup: 1,
    seconds,
    connections: CONNECTIONS,
  };
}

function stealing(taskset: string): Pick<RunWatch, "prefix" | "onStarted"> & { end: () => Promise<void> } {
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

/** A run that must be refused. @param reasons of which one at least must be named */
export function judged(
  what: string,
  { valid, checks }: JudgedValidity,
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
