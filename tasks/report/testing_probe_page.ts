import { openRun } from "../store/read.ts";
import { withTempDir } from "../store/testing.ts";
import type { Material } from "./sections/section.ts";
import type { ProbeSummary } from "../model/probe.ts";
import type { RunSummary } from "../model/summary.ts";
import { paused, probeFixture, saw, serverLabels } from "../summary/probe/testing.ts";
import { summarise } from "../summary/summarise.ts";
import { viewQueries } from "./view.ts";

/** What the page of a probe is made of. */
export interface StoredProbe {
  readonly summary: RunSummary & { readonly probe: ProbeSummary };
  readonly rows: Material["rows"];
  readonly bins: readonly { series: string; n: number; width: number }[];
}

let stored: Promise<StoredProbe> | undefined;

/** A run in which a replica is promoted after 600 ms, and one write is lost. @param dir where its store is made */
export function probedIn(dir: string): Promise<{ readonly db: string; readonly runId: string }> {
  const pause = paused(4000, 4600);
  return probeFixture(dir, {
    change: (row) =>
      row.slot >= 2020 && row.slot < 2030
        ? { ...row, outcome: "failed", error: "57P01", doneUs: row.intendedUs + 300 }
        : pause(row),
    samples: [
      saw(0, "server", serverLabels()),
      saw(4_010_000, "lost", { code: "57P01" }),
      saw(4_200_000, "away", { code: "ECONNREFUSED" }),
      saw(4_300_000, "refused", { code: "ECONNREFUSED" }),
      saw(4_599_000, "regained", { code: "" }, 589),
      saw(4_900_000, "server", serverLabels({ address: "10.0.0.2", started: "2", timeline: "2" })),
    ],
    ledger: (entries) =>
      entries.map((entry) => entry.slot === 1999 ? { ...entry, verified: false, problem: "lost" } : entry),
  });
}

/** What its page is made of. */
export function storedProbe(): Promise<StoredProbe> {
  return stored ??= withTempDir(async (dir) => {
    const { db, runId } = await probedIn(dir);
    const bench = await openRun(runId, { db });
    const rows = await Promise.all(
      viewQueries("probe").map(async (query) => [query, await bench.rows(query)] as const),
    );
    const bins = await bench.rows<{ series: string; n: number; width: number }>("probe/bins");
    const summary = await summarise(bench, runId);
    return { summary: { ...summary, probe: summary.probe! }, rows: Object.fromEntries(rows), bins };
  });
}
