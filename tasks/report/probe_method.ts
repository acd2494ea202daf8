import type { ProbeSummary } from "../model/probe.ts";
import type { RunSummary } from "../model/summary.ts";
import { formatMs } from "../model/units.ts";
import { loadSentence, RESPONSE_TIME, validitySentence } from "./method.ts";

/** How a probe was made and judged, in whole sentences. */
export function probeMethod({ run: { config } }: RunSummary, { probe }: ProbeSummary): string[] {
  const { schema, floorMs, pauseLimitMs } = probe;
  return [
    `${
      loadSentence(config)
    } Nothing was changed by Benchbook: what was done to the server meanwhile was somebody else's doing.`,
    RESPONSE_TIME,
    `A pause is time in which requests of a path and kind were due and none succeeded: from the last success before it, or from ` +
    `when the next request was due, to the next success. One of more than ${
      formatMs(pauseLimitMs)
    } is too long; under ${
      formatMs(floorMs)
    } none is told from the gaps between requests. Where the generator itself was late at an ` +
    "end of a pause, the least that it lasted is told, too, and it is judged by that; one of which too little is certain is left out, " +
    "and that is said.",
    "Twice a second a new connection asked which server answers (address, port, start, system identifier, timeline, whether it is a " +
    "replica), and the host's name was looked up.",
    ...schema === null ? [] : [
      "What is written follows from the seed, which was on disk before the first write. Afterwards the server that answered last was " +
      "asked for each write. A write that is missing in the middle of those that are there is lost, and so is the end of them at a " +
      "replica that was promoted. Where a server of another cluster has no table, none of the rows of before, or a copy that nothing " +
      "followed (rows that all came by one transaction), the table was not replicated, and nothing is said of writes of before.",
    ],
    validitySentence(config.thresholds),
  ];
}
