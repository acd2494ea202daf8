import assert from "node:assert/strict";
import { resolve } from "node:path";
import { UsageError } from "../model/errors.ts";
import type { RunSummary } from "../model/summary.ts";
import type { Workbench } from "../pipeline/testing.ts";
import { faults, publishedSchema } from "../report/testing_schema.ts";
import { openRun } from "../store/read.ts";
import { summarise } from "../summary/summarise.ts";
import type { Called } from "../terminal/testing_in_process.ts";
import { withPseudoTerminal } from "../testing/pseudo_terminal.ts";
import type { Ended, Place, Story } from "./story.ts";

/** What commands are typed with. */
export type Environment = Readonly<Record<string, string>>;

/** Where a run says which it is. */
export const ID = /^Run (\d{8}-\d{6}-[0-9a-f]{4})/m;
const IDS = /\b\d{8}-\d{6}-[0-9a-f]{4}\b/g;

const SUMMARY_SCHEMA = publishedSchema("summary");
const root = resolve(import.meta.dirname!, "../..");

/** Tasks that are called in the test's own process, once a test has had each in a process of its own. */
const CALLED = ["bench", "export", "history", "migrate", "runs", "seed"];
/** Those that make a report unless told otherwise: kernel and browser keep files where their process has its temporary ones. */
const REPORTING = ["bench", "migrate"];
/** Nothing but a task and its words, quoted or not; `$NAME` stands for a variable. */
const PLAIN = /^deno task( +("[^"\\`(]*"|'[^']*'|[\w$=:,./%+-])+)+$/;

/**
 * Types a command and waits for its end.
 * @param met tasks that had a process of their own before; it is added to
 */
export async function typeIn(
  bench: Workbench,
  typed: string,
  env: Environment,
  met: Set<string>,
): Promise<Ended> {
  const [task, ...words] = PLAIN.test(typed) ? wordsOf(typed, env).slice(2) : [];
  if (task === undefined || !CALLED.includes(task)) return await typeInShell(typed, bench, env);
  if (met.has(task) && (!REPORTING.includes(task) || words.includes("--no-report"))) {
    return await endedOf(await bench.call(task, words, env), bench);
  }
  met.add(task);
  return await typeInShell(typed, bench, env);
}

/** As a shell takes them. */
function wordsOf(typed: string, env: Environment): string[] {
  const named = (text: string) => text.replaceAll(/\$(\w+)/g, (_, name) => env[name] ?? "");
  return typed.match(/("[^"]*"|'[^']*'|[^\s"'])+/g)!.map((word) =>
    word.replaceAll(
      /"([^"]*)"|'([^']*)'|[^"']+/g,
      (part, double?: string, single?: string) => single ?? named(double ?? part),
    )
  );
}

async function typeInShell(typed: string, bench: Workbench, env: Environment): Promise<Ended> {
  const { code, stdout, stderr } = await new Deno.Command("sh", {
    args: ["-c", typed],
    cwd: root,
    env,
    stdin: "null",
  }).output();
  const text = new TextDecoder();
  return endedOf({ code, stdout: text.decode(stdout), stderr: text.decode(stderr) }, bench);
}

/** Types it at a terminal, where a user does something besides. */
export async function typeAtTerminal(
  typed: string,
  act: NonNullable<Story["atTerminal"]>,
  place: Place,
  env: Environment,
): Promise<Ended> {
  return await withPseudoTerminal(["sh", "-c", typed], { cwd: root, env }, async (terminal) => {
    await act(terminal, place);
    const { code } = await terminal.ended;
    const stdout = terminal.output().replaceAll("\r\n", "\n");
    return await endedOf({ code, stdout, stderr: "" }, place.bench);
  });
}

async function endedOf({ code, stdout, stderr }: Called, bench: Workbench): Promise<Ended> {
  const said = `${stdout}\n${stderr}`;
  const summary = await summaryOf(stdout, said, bench);
  // A search prints what it found, and not the summary of a run.
  if (summary !== null && "run" in summary) {
    assert.deepEqual(faults(summary, SUMMARY_SCHEMA), [], "summary.schema.json");
  }
  return {
    code,
    stdout,
    stderr,
    said,
    get summary() {
      if (summary === null) throw new Error("There is no summary of a run");
      return summary;
    },
  };
}

/** What `--json` printed, which is nothing but summary.json; else what the store says of the run. */
async function summaryOf(stdout: string, said: string, bench: Workbench): Promise<RunSummary | null> {
  const id = ID.exec(said)?.[1];
  if (id === undefined) return null;
  if (stdout.startsWith("{")) return JSON.parse(stdout) as RunSummary;
  return await summarise(await openRun(id, { db: storeOf(said, bench) }), id);
}

/** All runs that a command names, also those that it prints no summary of. */
export async function runsNamed({ said }: Pick<Ended, "said">, bench: Workbench): Promise<RunSummary[]> {
  const summaries: RunSummary[] = [];
  for (const id of new Set(said.match(IDS))) {
    const run = await openRun(id, { db: storeOf(said, bench) }).catch((error) => {
      // One of another store.
      if (error instanceof UsageError) return null;
      throw error;
    });
    if (run !== null) summaries.push(await summarise(run, id));
  }
  return summaries;
}

function storeOf(said: string, bench: Workbench): string {
  return /^Store +(.+)$/m.exec(said)?.[1] ?? bench.db;
}
