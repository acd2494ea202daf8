import type { Config } from "../config.ts";
import { InterruptedError } from "../model/errors.ts";
import { progressed } from "../model/progressed.ts";
import type { RunSummary } from "../model/summary.ts";
import { formatCount } from "../model/units.ts";
import { loadSpool } from "../store/load.ts";
import { openStore } from "../store/open.ts";
import { openRun } from "../store/read.ts";
import { setVerdict } from "../store/runs.ts";
import { removeSpool } from "../store/spool.ts";
import { summarise } from "../summary/summarise.ts";
import type { Measured } from "./measure.ts";
import { waitNote } from "./recover.ts";
import { whySpoolStays } from "./spool_stays.ts";

/** What storing needs to know of a run. */
type Spooled = Pick<Measured, "runId" | "spoolDir" | "db" | "terminal" | "signal"> & {
  readonly config: Pick<Config, "home">;
};

/** Loads the spool into DuckDB; until that succeeded the spool stays, and the next start tries again. */
export async function store<Run extends Spooled>(measured: Run): Promise<Run> {
  const { runId, spoolDir, config, db, terminal, signal } = measured;
  return await terminal.step("Store", async (progress) => {
    using opened = await openStore(db, { mode: "write", onWait: waitNote(terminal) });
    try {
      const { timings, rows: { sample } } = await loadSpool(opened, spoolDir, {
        // One that was interrupted before is stored all the same.
        signal: signal.aborted ? undefined : signal,
        onProgress: (rows) => {
          progressed();
          progress(`${formatCount(rows)} timings`);
        },
      });
      const stays = await whySpoolStays(config.home, runId, spoolDir, db);
      if (stays === null) removeSpool(spoolDir);
      else terminal.print(`! ${stays}`);
      return { value: measured, detail: `${formatCount(timings)} timings, ${formatCount(sample!)} samples` };
    } catch (error) {
      if (!(error instanceof InterruptedError)) throw error;
      throw new InterruptedError(
        "Interrupted. What was measured is kept: the next deno task bench stores it.",
      );
    }
  });
}

/** A run that is stored and judged. */
export type Summarised = Measured & WithSummary;

/** What judging a run adds to it. */
export interface WithSummary {
  readonly summary: RunSummary;
}

/** Judges a stored run, and stores the verdict with it. */
export async function judge<Run extends Pick<Measured, "runId" | "db">>(
  stored: Run,
): Promise<Run & WithSummary> {
  const { runId, db } = stored;
  // Its services are stopped.
  progressed();
  const summary = await summarise(await openRun(runId, { db }), runId);
  progressed();
  using opened = await openStore(db, { mode: "write" });
  await setVerdict(opened, runId, summary.verdict);
  return { ...stored, summary };
}
