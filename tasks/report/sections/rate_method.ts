import type { RateSearch } from "../../model/rate_search.ts";
import { counted, formatSeconds, formatShare, significant } from "../../model/units.ts";
import { rateText } from "../../terminal/find_rate_text.ts";
import { armFlags, armOptions, commandLine, dataOptions } from "../method.ts";
import type { MethodView } from "./method.ts";
import type { Section } from "./section.ts";

export const RATE_METHOD: Section<MethodView, RateSearch> = {
  title: "Method and how to reproduce",
  figures: [],
  template: "sections/method",
  view: (found) => ({
    method: method(found),
    again: "search",
    requestsOf: "every probe",
    command: reproduce(found),
    query: `SELECT * FROM timing JOIN run USING (run_id) WHERE search_id = '${found.search.id}';`,
  }),
};

function method({ search }: RateSearch): string[] {
  const { startRate, durationSeconds, warmupSeconds, confirmationTimes, resolution, workers } = search;
  return [
    `For each arm the search started at ${
      rateText(startRate)
    } requests/s, doubled the rate until the targets were ` +
    "missed (or halved it until they were met), and then halved the gap on a logarithmic scale until it was " +
    `${formatShare(resolution)}.`,
    "Before its first probe each arm was loaded at full speed for twice the length of a probe (15 s at most), so that " +
    "the first probe met a system as warm as the last.",
    `A probe measured ${formatSeconds(durationSeconds)} after ${
      warmupSeconds === 0 ? "no warm-up" : `a warm-up of ${formatSeconds(warmupSeconds)}`
    }, and longer at low rates, where the quantiles of the targets would otherwise rest on too few requests. It was an ` +
    `open loop of ${counted(workers, "worker")} over ${
      counted(search.connections, "connection")
    }; every probe had a seed of its own.`,
    `Both rates of the result were confirmed by two probes, each ${confirmationTimes} times as long, and by a third ` +
    "where probes disagreed. A rate at which one probe met the targets and another missed them lies inside the result's " +
    "range. In simulations of systems whose limit varies by 1 to 3 % between probes, the range contained the true limit " +
    "in 96 to 99 % of searches.",
    "A probe fails where it misses a target, and also where it sheds requests or its queue still grows at the end: in a " +
    "longer run that queue would make it miss any target for response time.",
    "A probe is invalid where the load generator shaped the result. It is repeated once; if it is invalid again, the " +
    "search continues at lower rates, and without a failing probe there the result is only a lower bound.",
    "Every arm was probed alone, with an empty cache at the start of each probe where it has one. Before the first " +
    `probe the results of all arms were compared with those of direct SQL${
      search.unproven === undefined ? "" : `, except those of ${search.unproven.join(", ")} (--no-prove)`
    }.`,
  ];
}

function reproduce({ search, arms, unavailable }: RateSearch): string {
  const described = search.armFiles ?? [];
  const probed = [...arms, ...unavailable].map(({ arm }) => arm);
  return commandLine(
    search,
    [
      ["scale", search.environment.dataset.scale === "own" ? null : search.scale],
      ...dataOptions(search.environment.dataset.variation),
      ["rate", String(search.startRate)],
      ["duration", `${search.durationSeconds}s`],
      ["warmup", search.warmupSeconds === 0 ? "0" : `${search.warmupSeconds}s`],
      ["paths", probed.filter((arm) => !described.some(({ name }) => name === arm)).join(",")],
      ...armOptions(search),
      ["seed", String(search.seed)],
      ["resolution", `${significant(search.resolution * 100, 3)}%`],
      ["workers", String(search.workers)],
      ...Object.entries(search.settings).map(([key, value]): [string, string] => ["set", `${key}=${value}`]),
      ["slo", search.slo],
    ],
    "--find-rate",
    ...armFlags({ config: search, environment: search.environment }),
  );
}
