import { join, resolve } from "node:path";
import process from "node:process";
import { loadScenario } from "../load/scenario.ts";
import { Key, withPseudoTerminal } from "../testing/pseudo_terminal.ts";
import type { RunningTask } from "./testing.ts";
import type { UserLand } from "./testing_user_land.ts";

const root = resolve(import.meta.dirname!, "../..");

/** What a run said, and how it ended. */
export interface Ended {
  readonly code: number;
  readonly said: string;
}

/** A scenario under test: how it is named on the command line, and what else is said to it. */
export interface Story {
  readonly name: string;
  readonly args: readonly string[];
  /** False where it has no path that caches. */
  readonly cached: boolean;
}

/** A way in which a run ends. */
export interface End {
  readonly name: string;
  /** True where the run could not mend anything any more, so that the next start must. */
  readonly nextStart?: boolean;
  /** Differences that this end makes by itself. */
  readonly except?: readonly RegExp[];
  /** True where it has no meaning without a cache. */
  readonly needsCache?: boolean;
  run(land: UserLand, story: Story): Promise<Ended>;
}

const SHORT = ["--no-report", "--duration", "2s", "--warmup", "300ms"];
/** Long enough to be caught in the middle. */
const LONG = ["--no-report", "--duration", "60s", "--warmup", "300ms"];

const plain = (name: string, more: readonly string[]): End => ({
  name,
  run: async ({ bench, env }, { args }) => endedOf(await bench.run("bench", [...args, ...more], env)),
});

/** A run that keeps going until something happens to what is around it. */
const struck = (
  name: string,
  strike: (land: UserLand, run: RunningTask) => void | Promise<void>,
  more: Partial<End> = {},
): End => ({
  name,
  ...more,
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
  args: readonly string[],
  act: (terminal: { type(text: string): void; hangUp(): void }) => void,
  when: (land: UserLand, shows: (pattern: RegExp) => Promise<unknown>) => Promise<unknown>,
  more: Partial<End> = {},
): End => ({
  name,
  ...more,
  async run(land, story) {
    const env = {
      BENCHBOOK_HOME: land.bench.home,
      BENCHBOOK_REPORTS: land.bench.reports,
      GRAPHQL_URL: "",
      NO_COLOR: "1",
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
  await new Promise((resolve) => setTimeout(resolve, 700));
}

/** Ends that a run sees coming. */
export const FINISHED: readonly End[] = [
  plain("complete", SHORT),
  {
    name: "failed proof",
    async run(land, story) {
      const broken = await breakQuestion(land, story);
      const { bench, env } = land;
      return endedOf(await bench.run("bench", [broken, ...story.args.slice(1), ...SHORT], env));
    },
  },
  plain("SLO missed", [...SHORT, "--slo", "p95<0.001ms"]),
];

/** Ends that a person brings about at a terminal. */
export const INTERRUPTED: readonly End[] = [
  typed("Ctrl-C at the start", SHORT, ctrlC, (_land, shows) => shows(/Start|Find|Seed/)),
  typed("Ctrl-C in the proof", SHORT, ctrlC, (_land, shows) => shows(/Prove/)),
  typed("Ctrl-C in the warm-up", [...LONG, "--warmup", "30s"], ctrlC, inMidMeasure),
  typed("Ctrl-C in mid-measure", LONG, ctrlC, inMidMeasure),
  typed("Ctrl-C while storing", SHORT, ctrlC, (_land, shows) => shows(/Store/)),
  typed("terminal closed", LONG, (terminal) => terminal.hangUp(), inMidMeasure),
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

/** Ends that come from outside. */
export const STRUCK: readonly End[] = [
  struck("kill -9", (_land, run) => run.kill("SIGKILL"), { nextStart: true }),
  struck("PostgreSQL killed", ({ postgres }) => postgres.kill(), { nextStart: true, except: CRASHED }),
  struck("Redis killed", async ({ redis }, run) => {
    await redis.kill();
    // Nothing but the cache is gone: the run goes on until it is told to end.
    await new Promise((resolve) => setTimeout(resolve, 500));
    run.kill("SIGINT");
  }, { needsCache: true }),
  { name: "disk full", nextStart: true, run: onFullDisk },
];

/** A home on a disk of its own, within a mount namespace, which is filled up as soon as rows are spooled. */
const FULL_DISK = `
mkdir -p "$DISK" && mount -t tmpfs -o size=1100m tmpfs "$DISK" || exit 99
mkdir -m 711 "$DISK/home"; [ -e "$REDIS" ] && ln -s "$REDIS" "$DISK/home/redis"
export BENCHBOOK_HOME="$DISK/home"
"$DENO" run -A --quiet "$BENCH" "$@" & bench=$!
for i in $(seq 300); do ls "$DISK"/home/spool/*/timing-0.seg >/dev/null 2>&1 && break; sleep 0.1; done
sleep 1; dd if=/dev/zero of="$DISK/fill" bs=1M 2>/dev/null
wait $bench; code=$?
rm "$DISK/fill"
echo "== the next start"
"$DENO" run -A --quiet "$BENCH" smoke --scale tiny --paths sql --no-report --duration 1s --warmup 100ms
exit $code
`;

async function onFullDisk({ bench, env }: UserLand, { args }: Story): Promise<Ended> {
  const namespace = process.getuid!() === 0 ? ["-m"] : ["-Um", "--map-current-user", "--keep-caps"];
  const { code, stdout, stderr } = await new Deno.Command("unshare", {
    args: [...namespace, "sh", "-c", FULL_DISK, "sh", ...args, ...LONG, "--rate", "400"],
    env: {
      ...env,
      DISK: join(bench.home, "disk"),
      DENO: Deno.execPath(),
      BENCH: join(import.meta.dirname!, "../bench.ts"),
      REDIS: join(bench.home, "redis"),
      BENCHBOOK_REPORTS: bench.reports,
      GRAPHQL_URL: "",
      NO_COLOR: "1",
    },
    stdin: "null",
  }).output();
  return { code, said: new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr) };
}

/**
 * The same scenario with one question that PostgreSQL answers by an error: what reads a write back, which is asked
 * after the write, or else the last read.
 */
async function breakQuestion({ bench }: UserLand, { name, args }: Story): Promise<string> {
  const own = args[0]!.endsWith(".ts");
  const { workloadDir, operations } = await loadScenario(root, args[0]!, {});
  const last = operations.findLast(({ write }) => write)?.name;
  const question = last === undefined ? `${operations.at(-1)!.name}.sql` : `${last}.check.sql`;
  const folder = join(bench.home, "broken", name);
  const workload = join(folder, "workloads/broken");
  await copyFolder(workloadDir, workload);
  // Sources lie beside the workload, where the scenario looks for them.
  if (!own) await copyFolder(workloadDir, join(folder, "workloads", name));
  await Deno.writeTextFile(join(workload, question), "\nOFFSET 1 / 0\n", { append: true });
  const file = join(folder, "scenarios/broken.ts");
  await Deno.mkdir(join(folder, "scenarios"), { recursive: true });
  const from = own ? args[0]! : join(root, "queries/scenarios", `${name}.ts`);
  await Deno.writeTextFile(
    file,
    `import scenario from ${JSON.stringify(`file://${from}`)};\n` +
      `export default { ...scenario, name: "broken-${name}", workload: "../workloads/broken" };\n`,
  );
  return file;
}

async function copyFolder(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isFile } of Deno.readDir(from)) {
    if (isFile) await Deno.copyFile(join(from, name), join(to, name));
  }
}

function endedOf({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }): Ended {
  return { code, said: stdout + stderr };
}
