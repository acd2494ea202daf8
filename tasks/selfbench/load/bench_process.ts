import { addAbortListener } from "node:events";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { InterruptedError, ServiceError } from "../../model/errors.ts";
import type { RunSummary } from "../../model/summary.ts";
import { startTask } from "../own_process.ts";
import type { Disturbance } from "./disturbances.ts";
import { sleep } from "../../net/sleep.ts";

/** One run of the product itself. Times are seconds. */
export interface BenchRun {
  /** Holds a home, whose data are kept from run to run, and for a while each run's results. */
  readonly dir: string;
  readonly scenario: string;
  readonly args: readonly string[];
  readonly warmup: number;
  readonly seconds: number;
}

const LOOK_MS = 20;

/**
 * Runs `bench` as a user does, in a process of its own on the embedded stack, disturbs it while it measures, and gives
 * what it says of the run; nothing is kept of that run.
 * @throws {ServiceError} when it came to no judgement
 */
export async function runBench(
  { dir, scenario, args, warmup, seconds }: BenchRun,
  disturb: Disturbance["disturb"],
  signal: AbortSignal,
): Promise<Pick<RunSummary, "validity">> {
  const home = join(dir, "home");
  const reports = join(dir, "reports");
  const given = ["--json", "--no-report", "--warmup", `${warmup}s`, "--duration", `${seconds}s`];
  const env = { BENCHBOOK_HOME: home, BENCHBOOK_REPORTS: reports };
  const child = startTask("bench.ts", [scenario, ...args, ...given], env);
  let ended = false;
  const output = child.output().finally(() => ended = true);
  using _ending = addAbortListener(signal, () => child.kill("SIGTERM"));
  try {
    if (disturb !== null) {
      await measuring(home, () => ended);
      // It may end in the middle: then there is nothing left to be disturbed.
      await disturb(child, seconds * 1000).catch((error) => {
        if (!(error instanceof TypeError)) throw error;
      });
    }
    const { code, stdout, stderr } = await output;
    if (signal.aborted) throw new InterruptedError();
    try {
      return JSON.parse(new TextDecoder().decode(stdout)) as RunSummary;
    } catch {
      const said = new TextDecoder().decode(stderr).trim().split("\n").slice(-3).join(" ");
      throw new ServiceError(`Cannot judge a run of ${scenario}: bench ended with ${code}: ${said}`);
    }
  } finally {
    await output;
    rmSync(reports, { recursive: true, force: true });
  }
}

/** Waits for the first timings on disk, or for the end. */
async function measuring(home: string, ended: () => boolean): Promise<void> {
  while (!ended() && !hasTimings(join(home, "spool"))) {
    await sleep(LOOK_MS);
  }
}

function hasTimings(spools: string): boolean {
  try {
    return [...Deno.readDirSync(spools)].some(({ name }) =>
      [...Deno.readDirSync(join(spools, name))].some((file) =>
        file.name.endsWith(".seg") && Deno.statSync(join(spools, name, file.name)).size > 0
      )
    );
  } catch {
    // Not there yet, or no more.
    return false;
  }
}
