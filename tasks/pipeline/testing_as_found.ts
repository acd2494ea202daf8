import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ExitCode } from "../model/errors.ts";
import { difference, type Look } from "../testing/facts.ts";
import { type End, endedOf, nextStart } from "./testing_ends.ts";
import {
  checkNextStart,
  checkOutcome,
  checkRows,
  partsOf,
  runsIn,
  type StoredRun,
  tellsUnlink,
  unlinkAsTold,
  unnamed,
} from "./testing_outcome.ts";
import { STORIES, type Story, type StoryName, tell } from "./testing_stories.ts";
import { DECLARED } from "./testing_user_folders.ts";
import { type UserLand, type UserLandOptions, withUserLand } from "./testing_user_land.ts";
import { sleep } from "../net/sleep.ts";

/** What a combination came to. */
interface Result {
  readonly story: string;
  readonly end: string;
  readonly code: number;
  /** How the run was stored, and how many rows of it. */
  readonly stored: string;
  /** Differences when it had ended, each named. */
  readonly differences: number;
  /** What took them back, until nothing was left. */
  readonly mended: string;
  readonly seconds: number;
}

/** Sessions of a run, and what the user's programs hold, may take so long to be gone, on a busy machine too. */
const SETTLED_MS = 20_000;
/** How often a run is started anew that was over before the key was seen. */
const TRIES = 5;

/** What no waiting changes, once nothing else is left: rows, keys and files stay until something takes them back. */
const LASTING = /: content of table |: key |^[-+~] folder: /;

/**
 * Runs every story to each of these ends on services of a user's, and looks at all of it before and after: servers,
 * folders, processes. Each end has the exit code of the contract, what was measured is stored, and what is not as found
 * is named with the command that mends it, and is as found after that. A step of the test is a combination; the table of
 * all of them is printed at the end.
 */
export async function everythingIsAsFound(
  t: Deno.TestContext,
  ends: readonly End[] | ((story: string) => readonly End[]),
  { stories = STORIES, ...around }: UserLandOptions & { readonly stories?: readonly StoryName[] } = {},
): Promise<void> {
  const results: Result[] = [];
  let begun = 0;
  await withUserLand(async (land) => {
    const told = await Promise.all(stories.map((name) => tell(join(land.folder, "project"), name)));
    for (const plain of told) {
      const story = land.armFile === null
        ? plain
        : { ...plain, args: [...plain.args, "--arm", `twin=${land.armFile}`] };
      for (const end of typeof ends === "function" ? ends(story.name) : ends) {
        if (end.needsCache && !story.cached) continue;
        begun++;
        await t.step(`${story.name}: ${end.name}`, async () => {
          let asFound = false;
          try {
            results.push(await repeated(() => combine(land, story, end)));
            asFound = true;
          } finally {
            // What one has left is not to be found by the next.
            if (!asFound) await land.restore();
          }
        });
      }
    }
  }, around);
  // Names of steps are all that is shown of a test that is run quietly.
  for (const line of tableOf(results, begun)) await t.step(line, () => {});
}

async function repeated(attempt: () => Promise<Result | null>): Promise<Result> {
  for (let left = TRIES; left > 0; left--) {
    const result = await attempt();
    if (result !== null) return result;
  }
  assert.fail("the run was always over before the key was seen");
}

/** Codes of a run that has ended by itself, whatever it found. */
const BY_ITSELF: readonly number[] = [ExitCode.ok, ExitCode.verdictFailed, ExitCode.invalid];

/** @returns null where a person was to end it, and it had ended before; then too all is as found */
async function combine(land: UserLand, story: Story, end: End): Promise<Result | null> {
  const started = performance.now();
  const { bench: { db }, env } = land;
  const earlier = (await runsIn(db)).length;
  const added = async () => (await runsIn(db)).slice(earlier);
  const before = await land.look();
  const look = () => settled(land, before, end.except ?? []);

  const ended = await end.run(land, story);
  const { run: said, next } = partsOf(ended.said);
  try {
    if (end.byKey && BY_ITSELF.includes(ended.code) && !said.includes("Interrupted: ")) {
      assert.deepEqual(await look(), [], "not as it was found");
      return null;
    }
    await repair(land);
    // What a killed run holds is nobody's to wait for: its end comes with the next start.
    let lines = end.mended === "by the next start" ? differenceOf(before, await land.look()) : await look();
    const differences = lines.length;
    let mended = end.mended ?? "";
    // Also a Ctrl-C that ends the storing leaves it to the next start.
    const hurried = /Exited immediately\.|the next deno task bench stores it/.test(said);
    let stored = await added();
    if (mended === "within") {
      await checkNextStart({ code: Number(/exit (\d+)\s*$/.exec(next)![1]) }, stored.pop()!, db);
    }
    if (!hurried) await checkOutcome(end, { code: ended.code, said }, stored, db);
    if (mended !== "by the next start") {
      assert.deepEqual(unnamed(lines, said), [], "differences without a name");
    }

    if (tellsUnlink(said)) {
      await unlinkAsTold(land, said);
      mended = "as told";
    }
    const records = recordsIn(land);
    if (mended === "by the next start" || hurried) {
      // Who left at once may have stored the run before.
      stored = await startNext(land, story, records, { stored: stored.length > 0, hurried, end, added });
      if (hurried) assert.equal(ended.code, end.code, "exit code");
    } else if (records.length > 0) {
      for (const { run, database } of records) {
        assert.match(
          said,
          new RegExp(`writes of the run ${run} in the database "${database}"|rows? of the run ${run} `),
        );
      }
      assert.match(said, /deno task clean --writes/);
      const cleaned = endedOf(await land.bench.call("clean", ["--writes"], env));
      assert.equal(cleaned.code, 0, cleaned.said);
      tookBack(cleaned.said, records);
    } else if (mended === "by clean --writes") mended = "";
    lines = await look();
    assert.deepEqual(lines, [], "not as it was found");
    const [run] = stored;
    return {
      story: story.name,
      end: end.name,
      code: ended.code,
      stored: run === undefined ? "not begun" : `${run.status}, ${run.rows} rows`,
      differences,
      mended,
      seconds: (performance.now() - started) / 1000,
    };
  } catch (error) {
    throw new Error(`${(error as Error).message}\n\nThe run said, exit ${ended.code}:\n${ended.said}`, {
      cause: error,
    });
  }
}

/** Starts another scenario: it says which run it recovers, with all rows that were spooled, and takes back its writes. */
async function startNext(
  { bench, env }: UserLand,
  story: Story,
  records: readonly KeptWrites[],
  { stored: before, hurried, end, added }: {
    readonly stored: boolean;
    readonly hurried: boolean;
    readonly end: End;
    readonly added: () => Promise<StoredRun[]>;
  },
): Promise<StoredRun[]> {
  const next = endedOf(await bench.call("bench", nextStart(story), env));
  try {
    const stored = await added();
    if (hurried && stored.length === 1) {
      // It had not begun to measure.
      await checkNextStart(next, stored[0]!, bench.db);
      tookBack(next.said, records);
      return [];
    }
    assert.equal(stored.length, 2, "the run that ended early, and the one after it");
    const [early, late] = stored as [StoredRun, StoredRun];
    checkRows(early, end.byKey && end.stored.includes(null) ? 0 : 1);
    if (!hurried) assert.equal(early.status, "crashed");
    const requests = early.first.toLocaleString("en-US");
    const recovered = `Recovered run ${early.id} (${early.status}): ${requests} requests.`;
    assert.ok(before || next.said.includes(recovered), recovered);
    await checkNextStart(next, late, bench.db);
    tookBack(next.said, records);
    return stored;
  } catch (error) {
    throw new Error(`${(error as Error).message}\n\nThe next start, exit ${next.code}:\n${next.said}`, {
      cause: error,
    });
  }
}

/** A run that the home still knows to have written into a database. */
interface KeptWrites {
  readonly run: string;
  readonly database: string;
}

function recordsIn({ bench: { home } }: UserLand): KeptWrites[] {
  const folder = join(home, "undo");
  try {
    return readdirSync(folder).filter((name) => name.endsWith(".json")).map((name) => {
      const { runId, place } = JSON.parse(readFileSync(join(folder, name), "utf8"));
      return { run: runId, database: place.database };
    });
  } catch {
    return [];
  }
}

function tookBack(said: string, records: readonly KeptWrites[]): void {
  for (const { run, database } of records) {
    assert.match(
      said,
      new RegExp(`Took back what the run ${run} \\(\\S+\\) had left in the database "${database}"`),
    );
  }
}

/** What was killed is started again, as its user would. */
async function repair(land: UserLand): Promise<void> {
  const [postgres, redis] = await Promise.all([land.postgres.answers(), land.redis.answers()]);
  if (!redis) await land.redis.start();
  if (postgres) return;
  await land.postgres.start();
  await land.connect();
}

async function settled(land: UserLand, before: Look, except: readonly RegExp[]): Promise<string[]> {
  const deadline = performance.now() + SETTLED_MS;
  for (;;) {
    const lines = differenceOf(before, await land.look(), except);
    if (lines.every((line) => LASTING.test(line)) || performance.now() > deadline) return lines;
    await sleep(100);
  }
}

function differenceOf(before: Look, after: Look, except: readonly RegExp[] = []): string[] {
  return difference(before, after, { except: [...except, ...OURS, ...DECLARED] });
}

/** What a run may do to Benchbook's own tables: vacuum them after its rows were taken back. */
const OURS = [/: maintenance of table (northwind|events)\./];

function tableOf(results: readonly Result[], begun: number): string[] {
  const lines = results.map(({ story, end, code, stored, differences, mended, seconds }) =>
    [
      story.padEnd(13),
      end.padEnd(22),
      `exit ${code}`.padEnd(9),
      stored.padEnd(25),
      `${seconds.toFixed(1)} s`.padStart(7),
      " ",
      differences === 0 ? "as found" : `${differences} differences, as found once mended`,
      mended === "" ? "" : `(${mended})`,
    ].join(" ").trimEnd()
  );
  const asFound = results.filter(({ differences }) => differences === 0).length;
  return [
    ...lines,
    `${begun} combinations: ${asFound} as found, ${results.length - asFound} as found once mended, ${
      begun - results.length
    } failed`,
  ];
}
