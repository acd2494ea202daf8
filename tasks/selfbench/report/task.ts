import { existsSync, mkdirSync, rmSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "../../config.ts";
import { temporaryFolder } from "../../files/temporary.ts";
import { InterruptedError, ServiceError } from "../../model/errors.ts";
import { formatCount, significant } from "../../model/units.ts";
import { interruptSignal } from "../../pipeline/interrupt.ts";
import { findBrowser } from "../../stack/browser.ts";
import { claimHome } from "../../stack/home.ts";
import { sayJson } from "../../terminal/command.ts";
import { openTerminal } from "../../terminal/terminal.ts";
import { type Finding, finding, type Findings, heldBelow } from "../finding.ts";
import { findingsText } from "../finding_text.ts";
import { machineFacts } from "../machine.ts";
import { partCommand, readPart } from "../options.ts";
import { startTask } from "../own_process.ts";
import { makeUpRun } from "./made_up_run.ts";
import { measureSite, siteFindings } from "./site.ts";
import { treeBytes } from "../../observe/process_memory.ts";

/** What one report came to. */
export interface Rendered {
  readonly seconds: number;
  /** The most that its processes held together at a moment; null where the system does not tell. */
  readonly peakBytes: number | null;
  /** Of the page. */
  readonly htmlBytes: number;
}

/** A round: the page alone, then the page and its PDF. */
export interface ReportRound {
  readonly html: Rendered;
  readonly pdf: Rendered;
}

/** Where reports are made. */
interface Place {
  readonly config: Config;
  readonly home: string;
  readonly reports: string;
  readonly signal: AbortSignal;
}

const GOALS = { htmlSeconds: 10, pdfSeconds: 15, bytes: 1e9, pageBytes: 2e6 };
const LOOK_MS = 100;

/** `selfbench report`: makes the report of a very large run, and prints what that took. */
export async function reportPart(args: readonly string[], config: Config): Promise<void> {
  const title = "Make the report of a made-up run and the site of many, and measure time, memory and size.";
  const task = partCommand("report", title, {
    rounds: ["times it is made", "number of rounds", 1, 100],
    timings: ["timings of the run", "number of timings", 1000, 100_000_000],
    runs: ["runs of the site", "number of runs", 2, 9999],
  });
  const plan = readPart<{ rounds: number; timings: number; runs: number }>(task, args);
  const terminal = openTerminal({ json: plan.json });
  const machine = machineFacts(null);
  using folder = temporaryFolder("benchbook-selfbench-report-");
  using interrupt = interruptSignal(config.home);
  const { signal } = interrupt;
  // The browser is unpacked once in a lifetime: not here.
  await findBrowser(config, signal);
  const place = { config, home: ownHome(folder.path, config), reports: join(folder.path, "reports"), signal };
  const runId = await terminal.step(`Make up ${formatCount(plan.timings)} timings`, async (progress) => {
    mkdirSync(place.reports);
    const store = join(place.reports, "benchbook.duckdb");
    const made = await makeUpRun(folder.path, store, plan.timings, (made) => {
      signal.throwIfAborted();
      progress(formatCount(made));
    });
    return { value: made };
  });
  const made = await terminal.step("Make its report", async (progress) => {
    const done: ReportRound[] = [];
    while (done.length < plan.rounds) {
      progress(`round ${done.length + 1} of ${plan.rounds}`);
      const html = await render(runId, ["--no-pdf"], place);
      done.push({ html, pdf: await render(runId, [], place) });
    }
    return { value: done, detail: done.map(roundText).join("; ") };
  });
  const sites = await measureSite(plan, { config, home: place.home, folder: folder.path, signal, terminal });
  const findings = [...reportFindings(plan.timings, made), ...siteFindings(plan.runs, sites)];
  const result: Findings = { part: "report", findings, notMeasured: [], machine };
  terminal.print(`\n${findingsText(result, terminal.width.columns)}`);
  if (plan.json) sayJson(result);
}

/** @param rounds at least one */
export function reportFindings(timings: number, rounds: readonly ReportRound[]): Finding[] {
  const of = `of ${formatCount(timings)} timings`;
  const both = rounds.flatMap(({ html, pdf }) => [html, pdf]);
  const peaks = both.flatMap(({ peakBytes }) => peakBytes ?? []);
  const held = (what: string, unit: string, values: readonly number[], goal: number, note: string): Finding =>
    heldBelow({ what: `${what} ${of}`, unit, note }, values, goal);
  return [
    held(
      "the page",
      "s",
      rounds.map(({ html }) => html.seconds),
      GOALS.htmlSeconds,
      "`deno task report --no-pdf`, from its start to its end, with nothing kept from an earlier one",
    ),
    held(
      "the page and its PDF",
      "s",
      rounds.map(({ pdf }) => pdf.seconds),
      GOALS.pdfSeconds,
      "`deno task report`, likewise",
    ),
    peaks.length < both.length
      ? finding({ what: `memory ${of}`, unit: "MB", note: "this system does not tell" })
      : held(
        "memory",
        "MB",
        peaks.map((bytes) => bytes / 1e6),
        GOALS.bytes / 1e6,
        `the most that the task, its notebooks' kernels and the browser held together, looked at every ${LOOK_MS} ms; ` +
          "what they share, such as programs, counts for each",
      ),
    held(
      "size of the page",
      "MB",
      both.map(({ htmlBytes }) => htmlBytes / 1e6),
      GOALS.pageBytes / 1e6,
      "one HTML file with all its figures",
    ),
  ];
}

function roundText({ html, pdf }: ReportRound): string {
  return `page ${significant(html.seconds, 3)} s, with PDF ${significant(pdf.seconds, 3)} s`;
}

/** A home of its own, with nothing kept in it but the browser. */
function ownHome(folder: string, config: Config): string {
  const home = join(folder, "home");
  claimHome(home);
  const browser = join(config.home, "chromium");
  if (existsSync(browser)) symlinkSync(browser, join(home, "chromium"));
  return home;
}

/** Makes a report in a process of its own, and watches it. */
async function render(runId: string, args: readonly string[], place: Place): Promise<Rendered> {
  const { home, reports, signal } = place;
  rmSync(join(home, "notebooks"), { recursive: true, force: true });
  const begun = performance.now();
  const env = { BENCHBOOK_HOME: home, BENCHBOOK_REPORTS: reports };
  const child = startTask("report.ts", [runId, ...args], env, signal);
  let peakBytes: number | null = null;
  const look = () => {
    const bytes = treeBytes(child.pid);
    if (bytes !== null) peakBytes = Math.max(peakBytes ?? 0, bytes);
  };
  const timer = setInterval(look, LOOK_MS);
  const { success, stdout, stderr } = await child.output().finally(() => clearInterval(timer));
  const seconds = (performance.now() - begun) / 1000;
  if (signal.aborted) throw new InterruptedError();
  const page = join(reports, runId);
  if (!success || args.length === 0 && !existsSync(join(page, "report.pdf"))) {
    const said = new TextDecoder().decode(success ? stdout : stderr).trim().split("\n").slice(-3).join(
      "\n  ",
    );
    throw new ServiceError("Cannot measure the report: it was not made", said);
  }
  return { seconds, peakBytes, htmlBytes: statSync(join(page, "index.html")).size };
}
