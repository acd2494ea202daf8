import { join } from "node:path";
import { figure, numbers, words } from "../charts/figure.ts";
import { loadCurve } from "../charts/load_curve.ts";
import type { Config } from "../config.ts";
import {
  type ArmRate,
  byRate,
  isIncomplete,
  type ProbeOutcome,
  type RateSearch,
} from "../model/rate_search.ts";
import { parseSlo } from "../model/slo.ts";
import {
  counted,
  fixed,
  formatBytes,
  formatCount,
  formatSeconds,
  formatShare,
  isoMinutes,
  measuredMs,
  significant,
} from "../model/units.ts";
import { isReportPart, prepareReports, reportFolder } from "../stack/reports_folder.ts";
import { doubts, foundSentence, isWide, PROBE_SIGNS, rateText } from "../terminal/find_rate_text.ts";
import { type Cell, fact, plain } from "./cells.ts";
import { datasetText } from "./dataset_text.ts";
import { type Pages, templates } from "./html.ts";
import { armOptions, dataOptions, quoted } from "./method.ts";
import { writePdf } from "./report.ts";
import { writeSite } from "./site.ts";
import type { Table } from "./tables.ts";
import { replaceDirectory } from "./write.ts";

/** Everything that templates/find_rate.hbs shows; nothing is computed there. */
export interface RatePageView {
  readonly title: string;
  readonly searchId: string;
  readonly label: string | null;
  readonly tone: "good" | "bad" | "unsure";
  readonly word: string;
  /** One an arm, then what makes them less certain. */
  readonly sentences: readonly string[];
  readonly provenance: readonly { readonly name: string; readonly value: string }[];
  /** The latency-against-load curve, as HTML. */
  readonly curve: string;
  readonly table: Table;
  readonly unavailable: readonly string[];
  readonly method: readonly string[];
  readonly command: string;
  readonly query: string;
}

/** The page's files, absolute; `warnings` says what could not be made and what to do about it. */
export interface RatePage {
  readonly html: string;
  readonly pdf: string | null;
  readonly warnings: readonly string[];
}

/**
 * Makes a search's page, `index.html`, `report.pdf` and `search.json`, in a directory of the reports named by its
 * id. Without a browser there is no PDF, which is a warning.
 * @throws {ServiceError} when it cannot be written; {InterruptedError} when `signal` aborts
 */
export async function makeRatePage(
  found: RateSearch,
  { config, pdf, signal, onStep }: {
    readonly config: Config;
    readonly pdf: boolean;
    readonly signal?: AbortSignal;
    readonly onStep?: (text: string) => void;
  },
): Promise<RatePage> {
  const view = ratePageView(found);
  const templateDirectory = join(config.root, "templates");
  prepareReports(config.reports);
  const directory = reportFolder(config.reports, found.search.id);
  const warnings: string[] = [];
  let printed: string | null = null;
  await replaceDirectory(directory, async (temporary) => {
    onStep?.("writing the page");
    await Deno.writeTextFile(join(temporary, "index.html"), await renderRatePage(view, templateDirectory));
    if (pdf) {
      onStep?.("printing the PDF");
      const render = (pages: Pages) => renderRatePage(view, templateDirectory, pages);
      const problem = await writePdf(render, config, temporary, signal);
      if (problem === null) printed = join(directory, "report.pdf");
      else warnings.push(problem);
    }
    // Relative names inside the file: it is sent along with the page, and paths of this machine are not.
    const files = { html: "index.html", pdf: printed && "report.pdf", store: "../benchbook.duckdb" };
    await Deno.writeTextFile(
      join(temporary, "search.json"),
      `${JSON.stringify({ ...found, files }, null, 1)}\n`,
    );
  }, isReportPart);
  onStep?.("listing all runs");
  await writeSite(config.reports, templateDirectory);
  return { html: join(directory, "index.html"), pdf: printed, warnings };
}

/** One HTML file with its stylesheet and figure inside. */
export async function renderRatePage(
  view: RatePageView,
  templateDirectory: string,
  pages: Pages = new Map(),
): Promise<string> {
  const render = await templates(templateDirectory);
  const css = await Deno.readTextFile(join(templateDirectory, "report.css"));
  return await render("find_rate.hbs", { ...view, css, pages, struck: false });
}

/** The view of a search's page; pure. */
export function ratePageView(found: RateSearch): RatePageView {
  const { search, arms, unavailable } = found;
  return {
    title: search.title,
    searchId: search.id,
    label: search.label,
    ...judged(found),
    sentences: [
      ...arms.map((arm) => `${foundSentence(arm)}.`),
      ...doubts(arms, search.resolution),
    ],
    provenance: provenance(found),
    curve: arms.some(({ probes }) => probes.some(({ outcome }) => outcome !== "invalid"))
      ? figure(curveOf(arms))
      : NO_CURVE,
    table: probesTable(arms),
    unavailable: [
      ...unavailable.map(({ arm, reason }) => `The arm ${arm}: ${reason}`),
      ...arms.flatMap(({ arm, stopped }) =>
        typeof stopped === "string" ? [`The search over ${arm} ended early: ${stopped}`] : []
      ),
    ],
    method: method(found),
    command: reproduce(found),
    query: `SELECT * FROM timing JOIN run USING (run_id) WHERE search_id = '${search.id}';`,
  };
}

/** A chart without a mark would have axes that mean nothing. */
const NO_CURVE = "<p>There is no curve to draw: the load generator was the limit in every probe.</p>";

function judged(found: RateSearch): Pick<RatePageView, "tone" | "word"> {
  const { arms, search: { resolution } } = found;
  if (arms.some(({ interval: [low, high] }) => low === null && high === null)) {
    return { tone: "bad", word: "INVALID" };
  }
  if (arms.some(({ interval: [low] }) => low === null)) return { tone: "bad", word: "FAIL" };
  if (isIncomplete(found)) return { tone: "unsure", word: "INCOMPLETE" };
  if (arms.some(({ confirmed }) => !confirmed)) return { tone: "unsure", word: "NOT CONFIRMED" };
  if (arms.some((arm) => isWide(arm, resolution))) return { tone: "unsure", word: "WIDE RANGE" };
  return { tone: "good", word: "FOUND" };
}

function curveOf(arms: readonly ArmRate[]) {
  return loadCurve(
    arms.flatMap(({ arm, probes }) =>
      probes.map(({ rate, achieved, p50Ms, p95Ms, p99Ms, outcome }) => ({
        arm,
        rate,
        achieved,
        p50: p50Ms,
        p95: p95Ms,
        p99: p99Ms,
        outcome,
      }))
    ),
    {
      title: "p50, p95 and p99 of every probe",
      // Those of a single operation would stand beside curves of all operations together.
      limits: arms.flatMap(({ arm, slo }) =>
        parseSlo(slo).filter(({ metric, scope }) =>
          metric === "quantile" && (scope === null || scope === arm)
        ).map(({ text, limit }) => ({ arm, text, ms: limit }))
      ),
      intervals: arms.flatMap(({ arm, interval: [low, high] }) =>
        low === null || high === null ? [] : [{ arm, low, high }]
      ),
    },
  );
}

function probesTable(arms: readonly ArmRate[]): Table {
  return {
    id: "table-probes",
    caption: "Every probe, from the lowest rate to the highest",
    columns: [
      ...words("Arm", "Offered"),
      ...numbers("Answered", "p50", "p95", "p99", "Errors", "Requests"),
      ...words("Targets", "Run"),
    ],
    groups: arms.filter(({ probes }) => probes.length > 0).map(({ arm, probes }) => ({
      name: arm,
      span: probes.length,
      rows: byRate(probes).map((probe) => ({
        name: `${rateText(probe.rate)}/s`,
        cells: [
          plain(`${fixed(probe.achieved, 3)}/s`),
          plain(measuredMs(probe.p50Ms)),
          plain(measuredMs(probe.p95Ms)),
          plain(measuredMs(probe.p99Ms)),
          plain(formatShare(probe.errors)),
          plain(formatCount(probe.requests)),
          outcomeCell(probe.outcome, probe.confirmation, probe.reason),
          fact(probe.run),
        ],
      })),
    })),
    note:
      "Each probe is a run of its own, which deno task report RUN renders. Offered and answered are requests per " +
      "second; errors are requests that failed, timed out, were shed or never sent.",
  };
}

function outcomeCell(outcome: ProbeOutcome, confirmation: boolean, reason: string | null): Cell {
  const text = confirmation ? `${PROBE_SIGNS[outcome]}, confirmation` : PROBE_SIGNS[outcome];
  return { ...fact(text), hint: reason ?? "" };
}

function provenance({ search }: RateSearch): RatePageView["provenance"] {
  const { environment, gitCommit, startedAt } = search;
  const { dataset, services } = environment;
  return [
    { name: "Scenario", value: search.scenario },
    { name: "Date", value: `${isoMinutes(startedAt)} UTC` },
    { name: "Commit", value: gitCommit ?? "—" },
    { name: "Data", value: datasetText(dataset) },
    {
      name: "Host",
      value: `${environment.cpu}, ${environment.cores} cores, ${formatBytes(environment.memoryBytes)}`,
    },
    {
      name: "Services",
      value: services.filter(({ available }) => available).map(({ name, version }) =>
        `${name} ${version ?? "(version unknown)"}`
      ).join(", "),
    },
    { name: "Benchbook", value: `${environment.benchbook}, Deno ${environment.deno}` },
    { name: "Seed", value: String(search.seed) },
  ];
}

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
  const options: [string, string][] = [
    ...search.environment.dataset.scale === "own" ? [] : [["scale", search.scale] as [string, string]],
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
  ];
  const words = options.map(([name, value]) => `--${name} ${quoted(value)}`);
  return ["deno task bench", quoted(search.scenarioFile ?? search.scenario), "--find-rate", ...words].join(
    " ",
  );
}
