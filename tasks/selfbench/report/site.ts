import { statSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "../../config.ts";
import { InterruptedError, ServiceError } from "../../model/errors.ts";
import { formatCount, significant } from "../../model/units.ts";
import { writeSite } from "../../report/site.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import { type Finding, heldBelow } from "../finding.ts";
import { startTask } from "../own_process.ts";
import { makeUpSite } from "./made_up_site.ts";

/** What the site of many runs came to, seconds and bytes. */
export interface SiteRound {
  readonly indexSeconds: number;
  readonly indexBytes: number;
  /** Published once more, with nothing changed. */
  readonly againSeconds: number;
}

const GOALS = { seconds: 2, bytes: 1e6 };

/** Makes up many stored runs with their pages, then lists and publishes them. */
export async function measureSite(
  { rounds, runs }: { readonly rounds: number; readonly runs: number },
  { config, home, folder, signal, terminal }: {
    readonly config: Pick<Config, "root">;
    /** Of the task that publishes. */
    readonly home: string;
    readonly folder: string;
    readonly signal: AbortSignal;
    readonly terminal: Terminal;
  },
): Promise<SiteRound[]> {
  const reports = join(folder, "site-reports");
  const site = join(folder, "site");
  const publish = () => publishing(site, { BENCHBOOK_HOME: home, BENCHBOOK_REPORTS: reports }, signal);
  await terminal.step(`Make up ${formatCount(runs)} runs`, async (progress) => {
    const onProgress = (made: number) => {
      signal.throwIfAborted();
      progress(formatCount(made));
    };
    await makeUpSite(folder, reports, runs, { root: config.root, onProgress });
    return { value: null };
  });
  return await terminal.step("Publish them", async (progress) => {
    await publish();
    const done: SiteRound[] = [];
    while (done.length < rounds) {
      progress(`round ${done.length + 1} of ${rounds}`);
      const begun = performance.now();
      const index = await writeSite({ root: config.root, reports, home });
      const indexSeconds = (performance.now() - begun) / 1000;
      done.push({ indexSeconds, indexBytes: statSync(index).size, againSeconds: await publish() });
    }
    return { value: done, detail: done.map(roundText).join("; ") };
  });
}

/** @param rounds at least one */
export function siteFindings(runs: number, rounds: readonly SiteRound[]): Finding[] {
  const of = `of ${formatCount(runs)} runs`;
  return [
    heldBelow(
      {
        what: `the index ${of}`,
        unit: "s",
        note: "the list that each report, comparison and history writes anew",
      },
      rounds.map(({ indexSeconds }) => indexSeconds),
      GOALS.seconds,
    ),
    heldBelow(
      { what: `size of the index ${of}`, unit: "MB", note: "one HTML file with its sparklines" },
      rounds.map(({ indexBytes }) => indexBytes / 1e6),
      GOALS.bytes / 1e6,
    ),
    heldBelow(
      {
        what: `an unchanged site ${of}`,
        unit: "s",
        note:
          "`deno task publish` once more, from its start to its end: nothing is rendered and nothing written",
      },
      rounds.map(({ againSeconds }) => againSeconds),
      GOALS.seconds,
    ),
  ];
}

function roundText({ indexSeconds, againSeconds }: SiteRound): string {
  return `index ${significant(indexSeconds, 3)} s, unchanged ${significant(againSeconds, 3)} s`;
}

/** Publishes in a process of its own, and returns the seconds that it took. */
async function publishing(
  site: string,
  env: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<number> {
  const begun = performance.now();
  const { success, stderr } = await startTask("publish.ts", [site, "--no-pdf"], env, signal).output();
  const seconds = (performance.now() - begun) / 1000;
  if (signal.aborted) throw new InterruptedError();
  if (success) return seconds;
  const said = new TextDecoder().decode(stderr).trim().split("\n").slice(-3).join("\n  ");
  throw new ServiceError("Cannot measure the site: it was not published", said);
}
