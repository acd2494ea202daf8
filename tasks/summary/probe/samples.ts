import { PROBE_METRICS, type ServerSight } from "../../model/probe.ts";
import type { Rows } from "../../store/runs.ts";
import { query } from "../../store/sql.ts";

/** Something that a probe saw, as it is stored. */
export interface ProbeSample {
  readonly atUs: number;
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export async function readProbeSamples(rows: Rows, run: string): Promise<ProbeSample[]> {
  const found = await rows.rows<Omit<ProbeSample, "labels"> & { readonly labels: string }>(
    query("probe/samples"),
    { run },
  );
  return found.map((row) => ({ ...row, labels: JSON.parse(row.labels) }));
}

/** The server of a sample of that metric. */
export function sightOf({ labels }: ProbeSample): ServerSight {
  const { address = "", port = "0", started = "", system = "", timeline = "" } = labels;
  return {
    address,
    port: Number(port),
    started,
    system: system === "" ? null : system,
    timeline: timeline === "" ? null : timeline,
    recovery: labels.recovery === "true",
    readOnly: labels.readOnly === "true",
  };
}

export function ofMetric(samples: readonly ProbeSample[], metric: keyof typeof PROBE_METRICS): ProbeSample[] {
  return samples.filter((sample) => sample.metric === PROBE_METRICS[metric]);
}
