import { meaningOf } from "../../model/error_meaning.ts";
import type { Pause, ProbeConfig, ProbeError, ProbeLedgerSummary, ProbeSummary } from "../../model/probe.ts";
import type { Run } from "../../model/run.ts";
import type { Rows } from "../../store/runs.ts";
import { query } from "../../store/sql.ts";
import { readLedger } from "../migration/proofs.ts";
import { serverChanges } from "./changes.ts";
import { connectionSummary } from "./connections.ts";
import { readPauses } from "./pauses.ts";
import { ofMetric, type ProbeSample, readProbeSamples } from "./samples.ts";

/** What a probe saw, and what was not the server's. */
export interface ProbeFindings {
  readonly summary: ProbeSummary;
  /** Pauses that the load generator made itself. */
  readonly ofGenerator: readonly Pause[];
}

/** A write over SQL that finds no table of the probe's. */
const NO_TABLE = "42P01";

/** What a probe saw, computed from the stored rows of its run alone. */
export async function probeFindings(
  rows: Rows,
  { runId: run, config }: Pick<Run, "runId" | "config">,
): Promise<ProbeFindings> {
  const probe = config.probe!;
  const writes = JSON.stringify(config.operations.filter(({ write }) => write).map(({ name }) => name));
  const of = { run, writes };
  const samples = await readProbeSamples(rows, run);
  const changes = serverChanges(samples);
  const [end] = await rows.rows<{ untilUs: number | null }>(
    'SELECT max(end_us)::BIGINT AS "untilUs" FROM phase WHERE run_id = $run',
    { run },
  );
  const { floorMs, floors } = probe;
  const when = { untilUs: end?.untilUs ?? 0, floorMs, floors };
  const { pauses, ofGenerator } = await readPauses(rows, of, when, { samples, changes });
  const all = await rows.rows<Omit<ProbeError, "meaning">>(query("probe/errors"), of);
  const isOwn = ({ code, kind }: Pick<ProbeError, "code" | "kind">) => code === NO_TABLE && kind === "write";
  const summary = {
    probe,
    seconds: when.untilUs / 1e6,
    pauses,
    longest: longestOf(pauses),
    errors: all.filter((error) => !isOwn(error)).map((error) => ({
      ...error,
      meaning: meaningOf(error.code),
    })),
    withoutTable: all.filter(isOwn).reduce((sum, { n }) => sum + n, 0),
    connections: connectionSummary(samples),
    changes,
    ledger: await ledgerOf(rows, of, probe, samples),
  };
  return { summary, ofGenerator };
}

function longestOf(pauses: readonly Pause[]): Pause | null {
  return pauses.reduce<Pause | null>(
    (most, pause) => most === null || pause.leastMs > most.leastMs ? pause : most,
    null,
  );
}

async function ledgerOf(
  rows: Rows,
  of: { readonly run: string; readonly writes: string },
  { schema }: ProbeConfig,
  samples: readonly ProbeSample[],
): Promise<ProbeLedgerSummary | null> {
  if (schema === null) return null;
  const sum = (metric: "notReplicated" | "unclear") =>
    ofMetric(samples, metric).reduce((total, { value }) => total + value, 0);
  return {
    ...await readLedger(rows, of),
    notReplicated: sum("notReplicated"),
    unclear: sum("unclear"),
    carried: ofMetric(samples, "carried").flatMap(({ labels }) => labels.text ?? []),
  };
}
