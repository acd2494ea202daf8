import { join } from "node:path";
import { parseArgs } from "node:util";
import type { RunSummary } from "../model/summary.ts";
import { verdictText } from "../model/run.ts";
import { counted, formatCount, formatMs } from "../model/units.ts";
import { formatTable } from "../terminal/table.ts";

/**
 * Moves a database again and again, and prints a row a run: `deno run -A tasks/pipeline/testing_moves.ts --runs 20`. What
 * follows `--` is given to each run, e.g. `-- --and-back --scale medium --rate 500`.
 */
async function repeatMoves(): Promise<void> {
  const { values: { runs }, positionals } = parseArgs({
    args: Deno.args,
    options: { runs: { type: "string", default: "20" } },
    allowPositionals: true,
  });
  const summaries: RunSummary[] = [];
  for (let nth = 1; nth <= Number(runs); nth++) {
    const made = await moveOnce(positionals);
    if (typeof made !== "string") summaries.push(made);
    console.error(`${nth} of ${runs}: ${typeof made === "string" ? made : rowOf(made).join("  ")}`);
  }
  console.log(`${tableOf(summaries)}; ${Number(runs) - summaries.length} without a result`);
}

/** @returns what it said, where there is no result */
async function moveOnce(args: readonly string[]): Promise<RunSummary | string> {
  const task = join(import.meta.dirname!, "../migrate.ts");
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--quiet",
      task,
      "move-server",
      "--variant",
      "safe",
      "--no-report",
      "--json",
      ...args,
    ],
    stdout: "piped",
    stderr: "piped",
  }).output();
  const told = new TextDecoder().decode(stdout);
  if (told.trim() !== "") return JSON.parse(told) as RunSummary;
  return `exit code ${code}: ${new TextDecoder().decode(stderr).trim().split("\n").slice(-3).join(" ")}`;
}

const RIGHT = "right" as const;

function tableOf(summaries: readonly RunSummary[]): string {
  const stalls = summaries.map(({ migration }) => migration!.stall?.ms ?? 0).sort((a, b) => a - b);
  const middle = stalls[Math.floor(stalls.length / 2)] ?? 0;
  const clean = summaries.filter(isClean).length;
  const table = formatTable([
    { title: "run", align: "left", heads: true },
    { title: "held", align: RIGHT },
    { title: "max stall", align: RIGHT },
    { title: "errors", align: RIGHT },
    { title: "writes", align: RIGHT },
    { title: "ledger", align: "left" },
    { title: "checksums", align: "left" },
    { title: "verdict", align: "left" },
  ], summaries.map(rowOf));
  return `${table}\n${formatCount(clean)} of ${
    counted(summaries.length, "run")
  } clean (ledger, checksums, errors); ` +
    `stall ${formatMs(stalls[0] ?? null)} to ${formatMs(stalls.at(-1) ?? null)}, median ${formatMs(middle)}`;
}

function isClean({ migration }: RunSummary): boolean {
  const { ledger, checksums, errors } = migration!;
  return ledger.complete && ledger.problems.length === 0 && checksums.different.length === 0 &&
    checksums.lacking === null && errors.length === 0;
}

function rowOf({ run: { runId, status }, verdict, migration }: RunSummary): string[] {
  const { ledger, checksums, errors, stall, moved } = migration!;
  return [
    runId,
    moved!.switches.map(({ startUs, endUs }) => formatMs((endUs - startUs) / 1000)).join(", "),
    formatMs(stall?.ms ?? null),
    formatCount(errors.reduce((sum, { n }) => sum + n, 0)),
    formatCount(ledger.ok),
    ledger.problems.map(({ problem, n }) => `${n} ${problem}`).join(", ") ||
    (ledger.complete ? "clean" : "not complete"),
    checksums.lacking ??
      (checksums.different.length === 0 ? "equal" : `${checksums.different.length} differ`),
    verdict === null ? status : verdictText(verdict),
  ];
}

if (import.meta.main) await repeatMoves();
