import { z } from "zod";
import type { Phase } from "../../model/run.ts";
import { micros, MOST_32_BITS, text } from "../spool_form.ts";
import type { Table } from "./table.ts";

const interval = {
  phaseId: z.int().min(0).max(MOST_32_BITS),
  block: z.int32(),
  arm: text.nullable(),
  startUs: micros,
  endUs: micros,
};

/** Older versions measured in the phases of one name. */
const older = z.object({ ...interval, name: z.enum(["warmup", "washout", "steady"]) })
  .transform(({ name, ...phase }) => ({ ...phase, segment: name, measured: name === "steady" }));

export const phaseTable: Table<Phase> = {
  name: "phase",
  file: "phases.jsonl",
  form: z.union([z.object({ ...interval, segment: text, measured: z.boolean() }), older]),
  unsealed: older,
  settled(rows, { status, lastUs }) {
    // Written when it begins and again when it ends: the last one of an id counts.
    const phases = [...new Map(rows.map((phase) => [phase.phaseId, phase])).values()]
      .sort((a, b) => a.phaseId - b.phaseId);
    return status === "complete"
      ? phases.filter(({ startUs, endUs }) => endUs > startUs)
      : endedAt(phases, lastUs);
  },
};

/**
 * A run that ended early never reached its later phases, and its last one ended there: rates divide by them. One that
 * ended because a target was missed leaves those that it never reached empty.
 */
function endedAt(phases: readonly Phase[], lastUs: number): Phase[] {
  return phases.filter((phase) => phase.startUs <= lastUs)
    .map((phase) => phase.endUs <= lastUs ? phase : { ...phase, endUs: lastUs });
}
