import { basename, isAbsolute } from "node:path";
import { STATISTICS_RENEWED } from "../model/comparison_text.ts";
import type { Impact, MigrationSummary, StepEvidence } from "../model/migration_summary.ts";
import { verdictText } from "../model/run.ts";
import type { RunSummary } from "../model/summary.ts";
import { counted, formatCount, formatMs, intervalText, signedMs } from "../model/units.ts";
import { atLeast, changeText } from "../summary/migration/change_text.ts";
import { outcomeWords, spanText } from "../summary/migration/predicted.ts";
import { proofDoubts, proofSentences } from "../summary/migration/proof_sentences.ts";
import { OTHERS_USED } from "../summary/host_load.ts";
import { STALLED } from "../summary/migration/verdict.ts";
import { datasetText } from "./dataset_text.ts";
import { markdownBlock, markdownCode, markdownSentences, markdownText } from "./markdown_safe.ts";
import { loadModel, reproduceAll } from "./method.ts";
import { type Migrated, nameOfRun, statementLines, weight } from "./migration_statements.ts";

/** A comment that is longer is not read. */
const MOST_LINES = 40;
/** Of one run alone so many reasons are shown, of several the first of each. */
const MOST_REASONS = 5;
/** Rows of impact, where there is room: reads and writes over three paths, naive and safe. The report has all of them. */
const MOST_ROWS = 14;
/** Of what is folded: its opening and closing, and the fence; of each run its name and a statement come to that. */
const LEAST_DETAILS = 7;
/** Plans that changed, and of each the changes that tell most. */
const MOST_PLANS = 4;
const MOST_CHANGES = 3;

/**
 * What a change of a database does to its users, for a pull request: the verdict first, then by path, the lock, what
 * proves it, the safe form and how to have it again; details folded. At most 40 lines.
 * @param summaries of one change: a run, or its naive and its safe variant
 */
export function migrationMarkdown(summaries: readonly RunSummary[]): string {
  const runs = summaries.filter((summary): summary is Migrated => summary.migration !== undefined);
  const [first] = runs;
  if (first === undefined) throw new RangeError("A migration's comment must be of a run that migrates");
  const reasons = reasonLines(runs);
  const evidence = evidenceLines(runs);
  const about = [...planLines(runs, runs.length > 2 ? 1 : MOST_PLANS), ...runs.map(aboutLine)];
  // Beside these: the heading, the table's, and four lines between them.
  const rows = MOST_LINES - reasons.length - evidence.length - about.length - LEAST_DETAILS -
    2 * runs.length - 7;
  const shown = [
    `### Migration ${markdownCode(nameOf(first))}: ${
      runs.map((run) => runs.length === 1 ? verdictOf(run) : `${nameOfRun(run)} ${verdictOf(run)}`).join(", ")
    }`,
    "",
    ...reasons,
    "",
    ...impactLines(runs, Math.min(rows, MOST_ROWS)),
    "",
    ...evidence,
    "",
  ];
  return [...shown, ...detailLines(runs, about, MOST_LINES - shown.length)].join("\n") + "\n";
}

/** Of a file of the user's as they named it, but for the folders of their machine. */
function nameOf({ migration: { migration: { file, name } } }: Migrated): string {
  return file === null ? name : isAbsolute(file) ? basename(file) : file;
}

function verdictOf({ verdict, run: { status } }: RunSummary): string {
  return `**${(verdict === null ? status : verdictText(verdict)).toUpperCase()}**`;
}

function reasonLines(runs: readonly Migrated[]): string[] {
  if (runs.length > 1) {
    return runs.map((run) => `- **${nameOfRun(run)}**: ${markdownSentences(mainReasons(run))}`);
  }
  const { reasons, migration } = runs[0]!;
  // What was proven has a line of its own.
  const proven = proofSentences(migration);
  return reasons.filter((reason) => !proven.includes(reason)).slice(0, MOST_REASONS).map((reason) =>
    `- ${markdownSentences([reason])}`
  );
}

/**
 * What the verdict rests on; where that is a doubt, the stall that was found all the same; and what speaks for the
 * migration: that the load was in trouble before it, and that others had the machine.
 */
function mainReasons({ reasons, verdict, migration: { warnings } }: Migrated): string[] {
  const [first, ...others] = reasons;
  if (first === undefined) return ["nothing was judged"];
  const isDoubt = (reason: string) => warnings.some(({ text }) => text === reason);
  const stall = verdict !== "inconclusive" || first.startsWith(STALLED)
    ? undefined
    : others.find((reason) => reason.startsWith(STALLED) && !isDoubt(reason));
  const before = verdict === "fail" ? others.find(isDoubt) : undefined;
  const busy = others.find((reason) => reason.startsWith(OTHERS_USED));
  return [first, ...[before, busy, stall].flatMap((reason) => reason ?? [])];
}

function impactLines(runs: readonly Migrated[], most: number): string[] {
  const several = runs.length > 1;
  const each = runs.map((run) =>
    run.migration.impacts.filter(({ path, kind }) => path !== null || kind === "all").map((impact) =>
      row([...several ? [nameOfRun(run)] : [], ...impactCells(impact)])
    )
  );
  const all = each.flat().length;
  const shown = all <= most ? each.flat() : evenly(each, most - 1);
  const titles = ["path", "p95 before", "during", "change (95 % interval)", "max stall", "errors"];
  const hidden = `${counted(all - shown.length, "row")} more: see the report`;
  return [
    row([...several ? ["variant"] : [], ...titles]),
    row([...several ? [":--"] : [], ":--", "--:", "--:", "--:", "--:", "--:"]),
    ...shown,
    ...shown.length < all ? [row([...several ? ["…"] : [], hidden, "", "", "", "", ""])] : [],
  ];
}

/** Of each run as many rows; all paths together come last, and stay. */
function evenly(each: readonly (readonly string[])[], most: number): string[] {
  const share = Math.max(1, Math.floor(most / each.length));
  return each.flatMap((rows) =>
    rows.length <= share ? rows : [...rows.slice(0, share - 1), ...rows.slice(-1)]
  )
    .slice(0, most);
}

function impactCells({ path, kind, baseline, migrate, change, stall, errors }: Impact): string[] {
  const { low, high } = change["0.95"]!;
  const interval = intervalText(low, high, signedMs);
  return [
    path === null
      ? "all"
      : `${markdownCode(path, { cell: true })} ${kind === "all" ? "" : `${kind}s`}`.trim(),
    atLeast(baseline["0.95"], formatMs),
    atLeast(migrate["0.95"], formatMs),
    `${changeText(change["0.95"])}${interval === "" ? "" : ` (${interval})`}`,
    stall === null ? "none" : formatMs(stall.ms),
    formatCount(errors),
  ];
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

function evidenceLines(runs: readonly Migrated[]): string[] {
  const each = (title: string, text: (run: Migrated) => string | null) => {
    const said = runs.flatMap((run) => {
      const own = text(run);
      return own === null ? [] : [runs.length === 1 ? own : `${nameOfRun(run)}: ${own}`];
    });
    return said.length === 0 ? [] : [`- **${title}**: ${said.join(" · ")}`];
  };
  return [
    ...each("Locks", ({ migration }) => locksText(migration)),
    ...each("Predicted", ({ migration }) => predictedText(migration)),
    ...each("Data", ({ migration }) => markdownSentences([proofsText(migration)])),
    ...safeForm(runs),
    `- **Again**: ${markdownCode(reproduceAll(runs.map(({ run }) => run)), { most: 600 })}`,
  ];
}

/** The statement that waited or was waited for longest, with its lock. */
function locksText({ steps, waits, waitCount }: MigrationSummary): string | null {
  const worst = steps.reduce<StepEvidence | null>(
    (most, step) => step.lockMode !== null && (most === null || weight(step) > weight(most)) ? step : most,
    null,
  );
  const waited = waits.find(({ role }) => role === "load");
  const users = waited === undefined
    ? "no request was seen to wait for it"
    : `requests waited up to ${formatMs(waited.waitedUs / 1000)}${
      waited.relation === null ? "" : ` for ${markdownCode(`${waited.mode} on ${waited.relation}`)}`
    } (${counted(waitCount, "wait")} in all)`;
  if (worst === null) return waited === undefined ? null : users;
  return `${markdownCode(worst.sql, { most: 100 })} took ${markdownCode(worst.lockMode!)} after waiting ${
    formatMs((worst.lockWaitUs ?? 0) / 1000)
  }; ${users}`;
}

/** The stall that was expected beside the one that was measured, and of how many statements all came as expected. */
function predictedText({ predicted }: MigrationSummary): string | null {
  if (predicted === null || predicted === undefined) return null;
  const { stall, stallMs, outcome, statements } = predicted;
  const compared = statements.filter((each) => each.outcome !== null);
  const confirmed = compared.filter((each) => each.outcome === "confirmed");
  const ofStatements = compared.length === 0
    ? ""
    : `; ${formatCount(confirmed.length)} of ${counted(compared.length, "statement")} as predicted`;
  return `stall ${spanText(stall)}, measured ${formatMs(stallMs)}: ${
    outcome === null ? outcomeWords(outcome) : `**${outcomeWords(outcome)}**`
  }${ofStatements}`;
}

function proofsText({ ledger, checksums }: MigrationSummary): string {
  const problems = ledger.problems.map(({ problem, n, example }) =>
    `${counted(n, "write")} ${problem} (${example}).`
  );
  const different = checksums.different.slice(0, 2).map((text) => `${text}.`);
  return [
    ...problems,
    ...different,
    ...proofSentences({ ledger, checksums }),
    ...proofDoubts({ ledger, checksums }),
  ]
    .join(" ");
}

/** How to make the change so that nobody waits, where not every run did. */
function safeForm(runs: readonly Migrated[]): string[] {
  const other = runs.find(({ migration: { migration } }) => migration.variant !== "safe");
  if (other === undefined) return [];
  const line = (text: string) => [`- **Safe form**: ${text}`];
  const safe = runs.find(({ migration: { migration } }) => migration.variant === "safe");
  // A move's steps are Benchbook's own, and no files.
  if (other.migration.migration.move !== undefined) return line("see docs/move-server.md");
  if (safe !== undefined) {
    const files = safe.migration.migration.steps.map(({ file }) =>
      markdownCode(`queries/migrations/${file}`)
    );
    return line(files.join(", "));
  }
  const { name, variant, steps } = other.migration.migration;
  if (variant === "naive") return line(markdownCode(`deno task migrate ${name} --variant safe`));
  const fixes = steps.flatMap(({ fix }) => fix ?? []);
  return fixes.length === 0 ? [] : line(markdownText(fixes.join(" ")));
}

/** Folded; as many statements and doubts as there is room for. */
function detailLines(runs: readonly Migrated[], about: readonly string[], room: number): string[] {
  const opening = ["<details><summary>Statements, plans that changed, and what was measured</summary>", ""];
  const closing = ["", "</details>"];
  const doubts = [
    ...new Set(runs.flatMap(({ warnings }) => warnings.map(({ text }) => `- ${markdownText(text)}`))),
  ];
  // The fences of a block, and the line after it.
  const free = room - opening.length - closing.length - about.length - 3;
  const shown = statementLines(runs, Math.max(1, free - Math.min(doubts.length, 1)));
  return [
    ...opening,
    ...shown.length === 0 ? [] : [...markdownBlock(shown, "sql"), ""],
    ...about,
    ...doubts.slice(0, Math.max(0, free - shown.length)),
    ...closing,
  ];
}

/** In what the plans of the load's own questions changed, once where all variants changed it alike. */
function planLines(runs: readonly Migrated[], most: number): string[] {
  const plans = runs.flatMap((run) =>
    run.migration.plans.map((plan) => ({ ...plan, variant: nameOfRun(run), text: changesText(plan.changes) }))
  );
  const changed = plans.filter(({ changes }) => changes.length > 0);
  if (changed.length === 0) {
    return plans.length === 0 ? [] : ["- The plans of the load's questions are the same before and after."];
  }
  const alike = Map.groupBy(changed, ({ operation, text }) => `${operation} ${text}`);
  const lines = [...alike.values()].map((own) => {
    const [{ operation, text }] = own as [typeof own[0]];
    const whose = own.length === runs.length ? "" : ` (${own.map(({ variant }) => variant).join(", ")})`;
    return `- Plan of ${markdownCode(operation)}${whose}, before → after: ${text}`;
  });
  lines[0] += `. ${STATISTICS_RENEWED}`;
  return lines.length <= most ? lines : [
    ...lines.slice(0, most - 1),
    `- ${counted(lines.length - most + 1, most === 1 ? "plan" : "more plan")} that changed, in the report.`,
  ];
}

function changesText(changes: readonly string[]): string {
  const shown = changes.slice(0, MOST_CHANGES).map((text) => markdownCode(text, { most: 200 }));
  const hidden = changes.length - shown.length;
  return [...shown, ...hidden === 0 ? [] : [counted(hidden, "more change")]].join(", ");
}

function aboutLine({ run, environment }: Migrated): string {
  const postgres = environment.services.find(({ name }) => name === "postgres")?.version ??
    "of unknown version";
  return `- Run ${markdownCode(run.runId)}: ${markdownText(loadModel(run.config))}; ${
    markdownText(datasetText(environment.dataset))
  }; PostgreSQL ${markdownText(postgres)}; ${environment.cores} cores.`;
}
