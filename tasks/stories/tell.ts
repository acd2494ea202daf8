import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import process from "node:process";
import { withWorkbench, type Workbench } from "../pipeline/testing.ts";
import { difference, type Look, together } from "../testing/facts.ts";
import { lookAtFolder } from "../testing/look_at_folder.ts";
import { lookAtProcesses } from "../testing/look_at_processes.ts";
import { assertMeasured, assertMigrated, isInvalidByLoad } from "./judgement.ts";
import type { Ended, Place, Story } from "./story.ts";
import { type Environment, ID, runsNamed, typeAtTerminal, typeIn } from "./type.ts";
import { sleep } from "../net/sleep.ts";

const root = resolve(import.meta.dirname!, "../..");
/**
 * In a checkout: what is not of it, and the sources, which nothing writes to but whoever works on them; nor what a check of
 * the notebooks, in a story that is told at the same time, writes beside them for its moment.
 */
const NOT_ITS_OWN = [/^(node_modules|\.benchbook|\.git|reports|tasks)(\/|$)/, /^notebooks\/\.check-/];
/** Folders of the home in which something lies while a run owes it. */
const OWED = ["spool", "undo"];
/** The last processes of a task may take a moment to be gone. */
const SETTLED_MS = 20_000;

type Three = [string, string, string];

/** Tells stories one after another, each as a step of the test, on a workbench of their own. */
export function tellStories(t: Deno.TestContext, stories: readonly Story[]): Promise<void> {
  return withWorkbench((bench) => tellOn(t, bench, stories), { onDisk: true });
}

/** Services of a user's, beside the workbench. */
export interface Beside {
  /** What every command is told of them. */
  readonly env: Environment;
  look(): Promise<Look>;
}

/** The same on a workbench that is there. */
export async function tellOn(
  t: Deno.TestContext,
  bench: Workbench,
  stories: readonly Story[],
  beside: Beside = { env: {}, look: () => Promise.resolve(new Map()) },
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "benchbook-stories-"));
  try {
    const environment = { ...environmentOf(bench, folder), ...beside.env };
    const met = new Set<string>();
    const place: Place = {
      bench,
      root,
      mine: environment.MINE!,
      type: (typed, more) => typeIn(bench, typed, { ...environment, ...more }, met),
    };
    for (const [at, story] of stories.entries()) {
      // npx takes a second of CPU to find the same Deno, and the first has shown that it does.
      const typed = at === 0 ? story.typed : story.typed.replaceAll("npx -y deno", "deno");
      await t.step(
        story.promise,
        () => tell({ ...story, typed }, place, { ...environment, ...story.env }, beside),
      );
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Nothing of the machine's user, and a folder of temporary files that can be looked into. */
function environmentOf({ home, reports }: Workbench, folder: string): Record<string, string> {
  chmodSync(folder, 0o711);
  const [programs, mine, temporary] = ["bin", "mine", "tmp"].map((name) => join(folder, name)) as Three;
  mkdirSync(programs);
  // `deno` is what a user types, wherever these tests have it from.
  symlinkSync(Deno.execPath(), join(programs, "deno"));
  for (const open of [mine, temporary]) {
    mkdirSync(open);
    chmodSync(open, 0o1777);
  }
  return {
    BENCHBOOK_HOME: home,
    BENCHBOOK_REPORTS: reports,
    DATABASE_URL: "",
    TARGET_DATABASE_URL: "",
    REDIS_URL: "",
    GRAPHQL_URL: "",
    NO_COLOR: "1",
    PATH: `${programs}:${process.env.PATH}`,
    TMPDIR: temporary,
    MINE: mine,
  };
}

async function tell(story: Story, place: Place, env: Environment, beside: Beside): Promise<void> {
  const before = await look(place, env, beside);
  await story.prepare?.(place);
  const ended = story.atTerminal === undefined
    ? await place.type(story.typed, story.env)
    : await typeAtTerminal(story.typed, story.atTerminal, place, env);
  try {
    assert.doesNotMatch(ended.said, /this is a defect of Benchbook/);
    const isInvalid = typeof story.ends === "number" && ended.code !== story.ends &&
      isInvalidByLoad(ended.code, await runsNamed(ended, place.bench));
    if (!isInvalid) {
      if (typeof story.ends === "number") assert.equal(ended.code, story.ends, "exit code");
      else judgeRun(story, ended, story.ends);
      await story.judge(ended, place);
    }
    assert.deepEqual(await left(story, before, () => look(place, env, beside)), [], "what is left");
  } catch (error) {
    if (error instanceof Error) {
      error.message += `\n\n$ ${story.typed}\nexit ${ended.code}\n${ended.said.replaceAll(/^/gm, "  ")}`;
    }
    throw error;
  }
}

/** A run says at its end where everything is. */
function judgeRun(
  { typed }: Story,
  { code, said, summary }: Ended,
  wanted: Exclude<Story["ends"], number>,
): void {
  if (wanted === "migrated") return assertMigrated(code, summary);
  assertMeasured(code, summary, wanted);
  const last = said.trimEnd().split(/\r?\n/);
  const from = last.findLastIndex((line) => ID.test(line));
  const names = last.slice(from + 1).filter((line) => /^\w+ {2,}/.test(line)).map((line) =>
    line.split(" ")[0]
  );
  const pdf = /--no-(pdf|report)\b/.test(typed) ? [] : ["PDF"];
  assert.deepEqual(names, ["Report", ...pdf, "Store"], "the last lines");
}

/** What a command could leave behind: in the checkout, among temporary files, in the home, running, at the user's. */
async function look({ bench: { home } }: Place, env: Environment, beside: Beside): Promise<Look> {
  const owed = OWED.flatMap((folder) => namesIn(join(home, folder)).map((name) => `${folder}/${name}`));
  return together({
    checkout: lookAtFolder(root, NOT_ITS_OWN),
    "temporary files": lookAtFolder(env.TMPDIR!),
    home: new Map(owed.map((name) => [name, true])),
    processes: lookAtProcesses({ environment: `BENCHBOOK_HOME=${env.BENCHBOOK_HOME}`, folder: home }),
    theirs: await beside.look(),
  });
}

/** What is other than before, once everything that ends has ended; services may have been stopped. */
async function left(story: Story, before: Look, again: () => Promise<Look>): Promise<string[]> {
  const except = [
    new RegExp(`^- ${OF_SERVICES}`),
    ...(story.keepsServices ? [new RegExp(`^[+] ${OF_SERVICES}`)] : []),
    ...(story.changes ? [story.changes] : []),
    ...OURS,
  ];
  const deadline = performance.now() + SETTLED_MS;
  for (;;) {
    const lines = difference(before, await again(), { except });
    if (lines.length === 0 || performance.now() > deadline) return lines;
    await sleep(100);
  }
}

/** What services of ours that stay are seen by. */
const OF_SERVICES = "(theirs: )?(processes: |folder: home/(logs|services.env|stack.json)" +
  "|PostgreSQL: server: session of .*[(]benchbook-graphql[)])";

/** What a run may do: vacuum Benchbook's own tables after its rows were taken back, and make folders for what it owes. */
const OURS = [/: maintenance of table (northwind|events)\./, /^\+ theirs: folder: home\/(spool|undo)$/];

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
