import { join, resolve } from "node:path";
import process from "node:process";
import { ExitCode } from "../model/errors.ts";
import type { RunStatus } from "../model/run.ts";
import { Key, withPseudoTerminal } from "../testing/pseudo_terminal.ts";
import type { RunningTask } from "./testing.ts";
import type { Story } from "./testing_stories.ts";
import type { UserLand } from "./testing_user_land.ts";
import { sleep } from "../net/sleep.ts";
import { SMALL_DISK } from "./testing_small_disk.ts";

const root = resolve(import.meta.dirname!, "../..");

/** What a run said, and how it ended. */
export interface Ended {
  readonly code: number;
  readonly said: string;
}

/** How a run is stored; null where it had not begun to measure. */
export type Stored = RunStatus | null;

/** A way in which a run ends. */
export interface End {
  readonly name: string;
  /** By the contract. A run that was judged may be INVALID on a busy machine instead, for reasons of load alone. */
  readonly code: number;
  /** … where the moment decides, each that is right. */
  readonly stored: readonly Stored[];
  /** What a run that ends so says. */
  readonly says?: RegExp;
  /** What takes back afterwards what the run could not, where it could not: the next start, or the command that it names. */
  readonly mended?: "by the next start" | "by clean --writes" | "within";
  /** Differences that this end makes by itself. */
  readonly except?: readonly RegExp[];
  /** True where a person ends it at a terminal, who may be late for what is over in moments. */
  readonly byKey?: true;
  /** True where it has no meaning without a cache. */
  readonly needsCache?: boolean;
  run(land: UserLand, story: Story): Promise<Ended>;
}

/** Long enough for each outcome to be judged by what is asked for here, whatever the scenario's own targets are. */
const REPORTED = ["--duration", "2s", "--warmup", "300ms", "--slo", "errors<1%"];
const SHORT = ["--no-report", ...REPORTED];
/** Long enough to be caught in the middle. */
const LONG = ["--no-report", "--duration", "60s", "--warmup", "300ms"];

type Way = Omit<End, "name" | "run">;

const plain = (
  name: string,
  way: Way,
  more: readonly string[] = [],
  scenario: (story: Story) => string = ({ args }) => args[0]!,
  length: readonly string[] = SHORT,
): End => ({
  name,
  ...way,
  run: async ({ bench, env }, story) =>
    endedOf(await bench.call("bench", [scenario(story), ...story.args.slice(1), ...length, ...more], env)),
});

/** A run that keeps going until something happens to what is around it. */
const struck = (
  name: string,
  way: Way,
  strike: (land: UserLand, run: RunningTask) => void | Promise<void>,
): End => ({
  name,
  ...way,
  async run(land, { args }) {
    const running = land.bench.start("bench", [...args, ...LONG], land.env);
    await inMidMeasure(land);
    await strike(land, running);
    return endedOf(await running.result);
  },
});

/** What a person does at a terminal when it shows something, or when the run is somewhere. */
const typed = (
  name: string,
  stored: End["stored"],
  args: readonly string[],
  act: (terminal: { type(text: string): void; hangUp(): void }) => void,
  when: (land: UserLand, shows: (pattern: RegExp) => Promise<unknown>) => Promise<unknown>,
): End => ({
  name,
  code: ExitCode.interrupted,
  stored,
  byKey: true,
  async run(land, story) {
    const env = {
      BENCHBOOK_HOME: land.bench.home,
      BENCHBOOK_REPORTS: land.bench.reports,
      GRAPHQL_URL: "",
      NO_COLOR: "1",
      COLUMNS: "1000",
      ...land.env,
    };
    const command = [Deno.execPath(), "task", "bench", ...story.args, ...args];
    return await withPseudoTerminal(command, { cwd: root, env }, async (terminal) => {
      await when(land, (pattern) => terminal.shows(pattern));
      act(terminal);
      const { code } = await terminal.ended;
      return { code, said: terminal.output() };
    });
  },
});

const ctrlC = (terminal: { type(text: string): void }) => terminal.type(Key.ctrlC);

async function inMidMeasure({ bench }: UserLand): Promise<void> {
  await bench.measuring();
  await sleep(700);
}

/** All goes well. */
export const COMPLETE: readonly End[] = [
  plain("complete", { code: ExitCode.ok, stored: ["complete"] }),
  plain(
    "complete, with report",
    {
      code: ExitCode.ok,
      stored: ["complete"],
      says: /reports\/\S+\/index\.html/,
      // Beside what others have there, of earlier reports too: its own folder, and the list of all runs.
      except: [
        /^\+ folder: reports\/\d{8}-\d{6}-[0-9a-f]{4}(\/(index\.html|summary\.json))?$/,
        /^\+ folder: reports\/index\.html$/,
        /^~ folder: reports\/index\.html: (size|content) /,
      ],
    },
    ["--no-pdf"],
    undefined,
    REPORTED,
  ),
];

/** Ends that a run sees coming. */
export const REFUSED: readonly End[] = [
  plain(
    "failed proof",
    {
      code: ExitCode.invalid,
      stored: [null],
      says: /Cannot compare the arms: \S+ answers differently over/,
    },
    [],
    ({ differing }) => differing,
  ),
  plain(
    "failed question",
    { code: ExitCode.usage, stored: [null], says: /Cannot (ask|read) .*: division by zero \(22012\)/ },
    [],
    ({ failing }) => failing,
  ),
  plain("SLO missed", { code: ExitCode.verdictFailed, stored: ["complete"] }, ["--slo", "p50<0.001ms"]),
];

/** Ends that a person brings about at a terminal, while a run prepares or stores. */
export const INTERRUPTED_AROUND: readonly End[] = [
  // A quick scenario may have gone on to the measuring when the key is seen.
  typed(
    "Ctrl-C at the start",
    [null, "interrupted"],
    SHORT,
    ctrlC,
    (_land, shows) => shows(/Start|Find|Seed/),
  ),
  typed(
    "Ctrl-C in the proof",
    [null, "interrupted"],
    SHORT,
    ctrlC,
    (_land, shows) => shows(/Check that all paths/),
  ),
  typed("Ctrl-C while storing", ["complete"], SHORT, ctrlC, (_land, shows) => shows(/Store/)),
];

/** … while it sends requests. */
export const INTERRUPTED_WITHIN: readonly End[] = [
  typed("Ctrl-C in the warm-up", ["interrupted"], [...LONG, "--warmup", "30s"], ctrlC, inMidMeasure),
  typed("Ctrl-C in mid-measure", ["interrupted"], LONG, ctrlC, inMidMeasure),
  typed("terminal closed", ["interrupted"], LONG, (terminal) => terminal.hangUp(), inMidMeasure),
];

/**
 * Of a server that has crashed: its statistics are gone, and its other sessions; a sequence goes on behind the values
 * that the server had logged ahead.
 */
const CRASHED = [
  /: statistics of /,
  /: maintenance of /,
  /their-program/,
  /: content of sequence [^:]+: last value /,
];

/** As a shell tells of a signal. */
const SIGKILL_CODE = 128 + 9;

/** Who runs the load is killed. */
export const KILLED: readonly End[] = [
  struck(
    "kill -9",
    { code: SIGKILL_CODE, stored: [null], mended: "by the next start" },
    (_land, run) => run.kill("SIGKILL"),
  ),
];

/** A server of the user's is killed. */
export const SERVER_KILLED: readonly End[] = [
  struck(
    "PostgreSQL killed",
    { code: ExitCode.service, stored: ["crashed"], mended: "by clean --writes", except: CRASHED },
    ({ postgres }) => postgres.kill(),
  ),
  struck(
    "Redis killed",
    {
      code: ExitCode.interrupted,
      stored: ["interrupted"],
      // Within its time, or as who leaves at once where the machine is so busy that it does not get on.
      says: /Cannot remove the run's keys from Redis|Keys that this run stored may be left in Redis/,
      needsCache: true,
    },
    async ({ redis }, run) => {
      await redis.kill();
      // Nothing but the cache is gone: the run goes on until it is told to end.
      await sleep(500);
      run.kill("SIGINT");
    },
  ),
];

/** The disk fills up that the home lies on. */
export const DISK_FULL: readonly End[] = [
  { name: "disk full", code: ExitCode.service, stored: ["crashed"], mended: "within", run: onFullDisk },
];

/** What stands between what a run said and what the next start did. */
export const NEXT_START = "== the next start";

/** A short run of another scenario, which needs nothing but PostgreSQL. */
export function nextStart({ name }: Story): string[] {
  const args = "--scale tiny --paths sql --no-report --duration 1s --warmup 100ms --slo errors<1%";
  return [name === "smoke" ? "read-heavy" : "smoke", ...args.split(" ")];
}

/** A home on a disk of its own, which is full as soon as rows are spooled. */
const FULL_DISK = `${SMALL_DISK}
exec 2>&1
small_disk 1100m
"$DENO" run -A --quiet "$BENCH" "$@" & bench=$!
spooled $bench; shrink 0
wait $bench; code=$?
mount -o remount,size=1100m "$DISK"
echo "${NEXT_START}"
"$DENO" run -A --quiet "$BENCH" $NEXT; echo "exit $?"
exit $code
`;

async function onFullDisk({ bench, env, folder }: UserLand, story: Story): Promise<Ended> {
  const namespace = process.getuid!() === 0 ? ["-m"] : ["-Um", "--map-current-user", "--keep-caps"];
  const { code, stdout } = await new Deno.Command("unshare", {
    args: [...namespace, "sh", "-c", FULL_DISK, "sh", ...story.args, ...LONG, "--rate", "400"],
    env: {
      ...env,
      NEXT: nextStart(story).join(" "),
      DISK: join(folder, "disk"),
      DENO: Deno.execPath(),
      BENCH: join(import.meta.dirname!, "../bench.ts"),
      REDIS: join(bench.home, "redis"),
      BENCHBOOK_REPORTS: bench.reports,
      GRAPHQL_URL: "",
      NO_COLOR: "1",
      COLUMNS: "1000",
    },
    stdin: "null",
    cwd: folder,
  }).output();
  return { code, said: new TextDecoder().decode(stdout) };
}

export function endedOf({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }): Ended {
  return { code, said: stdout + stderr };
}
