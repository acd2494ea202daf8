import type { RunSummary } from "../../model/summary.ts";
import type { GeneratorFigures, ValidityCheck } from "../../model/validity.ts";
import { counted, formatMs, formatShare, significant } from "../../model/units.ts";
import { accountingTable } from "../tables.ts";
import type { Section } from "./section.ts";

export const VALIDITY: Section<{
  readonly checks: readonly ValidityCheck[];
  readonly lag: string;
  /** How much the run strays, within itself and among others; empty: nobody asked. */
  readonly noise: string;
  readonly accounting: ReturnType<typeof accountingTable>;
}> = {
  title: "Can the numbers be trusted?",
  figures: [],
  template: "sections/validity",
  view: ({ summary }) => ({
    checks: summary.validity.checks,
    lag: lag(summary),
    noise: noise(summary),
    accounting: accountingTable(summary),
  }),
};

function lag(summary: RunSummary): string {
  const { lagMs, generator } = summary.validity;
  return summary.run.config.loop === "closed"
    ? `A closed loop has no generator lag: a client sends when it is ready.${generatorCost(generator)}${
      saturation(summary)
    }`
    : `Generator lag: median ${formatMs(lagMs.p50)}, p99 ${formatMs(lagMs.p99)}, longest ${
      formatMs(lagMs.max)
    }.${generatorCost(generator)}`;
}

function noise({ noise: found }: RunSummary): string {
  if (found === undefined) return "";
  const { within, runs } = found;
  const own = within === null
    ? ""
    : `Within the run, typical response times of its parts stray by ${
      formatShare(within)
    } (standard deviation over thirtieths). `;
  return own +
    (runs.twoRuns === null
      ? "How much runs differ from each other is not known here: it takes five of one version on this machine, with this " +
        "data set and load."
      : `Two such runs with nothing changed differ by up to ${
        formatShare(runs.twoRuns - 1)
      } over all operations (95 %, from ${
        counted(runs.runs, "run")
      } with this machine, data set and load): what is smaller is never called a change between runs.`);
}

/** What the generator's threads took, as sentences with a space before; nothing of a run that did not record it. */
function generatorCost(figures: GeneratorFigures): string {
  const {
    cpuPerRequestUs,
    cpuCores,
    gcShare,
    gcLongestMs,
    loopDelayP50Ms,
    loopDelayP99Ms,
    nativeLoop,
    realTime,
  } = figures;
  const cpu = cpuPerRequestUs === null || cpuCores === null
    ? ""
    : ` Its threads took ${significant(cpuPerRequestUs, 3)} µs of CPU a request (${
      significant(cpuCores, 3)
    } of a core in all).`;
  const collections = gcShare === null || gcLongestMs === null
    ? ""
    : ` Garbage collection took ${formatShare(gcShare)} of their time, ${
      formatMs(gcLongestMs)
    } at the longest.`;
  const delay = loopDelayP50Ms === null || loopDelayP99Ms === null
    ? ""
    : ` Their event loops were late by ${formatMs(loopDelayP50Ms)} (median) and ${
      formatMs(loopDelayP99Ms)
    } (p99) in a typical second.`;
  const loop = nativeLoop === false ? " They waited for their sockets by Deno's event loop." : "";
  return cpu + collections + delay + loop + (realTime ? " They had real-time priority." : "");
}

/** That the threads were the limit, as a sentence with a space before. */
function saturation({ warnings }: RunSummary): string {
  const saturated = warnings.find(({ code }) => code === "generator-saturated");
  return saturated === undefined ? "" : ` ${saturated.text}`;
}
