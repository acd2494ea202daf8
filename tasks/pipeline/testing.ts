import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { claimHome } from "../stack/home.ts";
import type { Stack } from "../stack/services.ts";
import { type HomeOptions, placeBrowser, testConfig, withStack, withTempHome } from "../stack/testing.ts";
import { type ClusterKind, EMPTY_CLUSTER, placeCluster } from "../stack/testing_cluster.ts";
import type { Task } from "../terminal/command.ts";
import { type Called, inProcess } from "../terminal/testing_in_process.ts";
import { sleep } from "../net/sleep.ts";
import { SHARED } from "../stack/testing_shared.ts";

/** What a task left behind: exit code and everything it said. */
export interface TaskResult extends Called {
  readonly seconds: number;
}

/** A task that runs in a process of its own. */
export interface RunningTask {
  readonly pid: number;
  readonly result: Promise<TaskResult>;
  kill(signal: Deno.Signal): void;
}

/** A place for tasks of a test: a home and a reports folder of their own. */
export interface Workbench {
  /** Where all of it lies. */
  readonly folder: string;
  readonly home: string;
  readonly reports: string;
  readonly db: string;
  /** Starts tasks/<task>.ts with these arguments. */
  start(task: string, args?: readonly string[], env?: Readonly<Record<string, string>>): RunningTask;
  /** Starts it and waits for its end. */
  run(task: string, args?: readonly string[], env?: Readonly<Record<string, string>>): Promise<TaskResult>;
  /** Calls it in the test's own process and waits for its end; one at a time. */
  call(task: string, args?: readonly string[], env?: Readonly<Record<string, string>>): Promise<Called>;
  /** Waits until a run is being measured and has spooled rows; gives its spool directory. */
  measuring(): Promise<string>;
}

/** A short run on little data: the whole way, in seconds, with a target that a busy machine does not miss. */
export const SHORT = ["--scale", "tiny", "--duration", "1500ms", "--warmup", "300ms", "--slo", "errors<1%"];

const tasks = resolve(import.meta.dirname!, "..");

/**
 * Gives a test a workbench, and stops and removes everything on it afterwards. Services of the machine's
 * user are out of the way: only what `env` of a call names is used.
 * @param untouched where nothing may be there before the first task, no database cluster either
 * @param apart where home and reports lie side by side in a folder, in which tasks are started
 */
export function withWorkbench<T>(
  use: (bench: Workbench) => Promise<T>,
  { untouched = false, apart = false, onDisk }: HomeOptions & {
    readonly untouched?: boolean;
    readonly apart?: boolean;
  } = {},
): Promise<T> {
  return withTempHome(async (folder) => {
    const home = apart ? join(folder, "home") : folder;
    if (apart) claimHome(home);
    const { reports } = { ...await testConfig(home), ...apart ? { reports: join(folder, "reports") } : {} };
    if (!untouched) await furnish(home);
    const running = new Set<RunningTask>();
    const place = { BENCHBOOK_HOME: home, BENCHBOOK_REPORTS: reports };
    const start: Workbench["start"] = (task, args = [], env = {}) => {
      const started = startTask(task, args, { ...place, ...env }, apart ? folder : undefined);
      running.add(started);
      void started.result.then(() => running.delete(started));
      return started;
    };
    const bench: Workbench = {
      folder,
      home,
      reports,
      db: join(reports, "benchbook.duckdb"),
      start,
      run: (...call) => start(...call).result,
      call: (task, args = [], env = {}) => callTask(task, args, { ...place, ...env }),
      measuring: () => until(() => spoolWithRows(home), "no run began to spool rows"),
    };
    try {
      return await use(bench);
    } finally {
      for (const task of running) task.kill("SIGKILL");
      await Promise.all([...running].map(({ result }) => result));
      await callTask("down", [], place);
    }
  }, { onDisk });
}

/** The database of SEEDED. */
export const NORTHWIND = "northwind_tiny_42";

/** With the data that tasks take unless they are told otherwise, at the scale that tests take. */
export const SEEDED: ClusterKind = {
  name: "northwind-tiny",
  madeBy: [...EMPTY_CLUSTER.madeBy, join(tasks, "seed"), join(tasks, "../queries/schema")],
  async fill(home) {
    const { code, stderr } = await startTask("seed", ["--scale", "tiny"], { BENCHBOOK_HOME: home }).result;
    if (code !== 0) throw new Error(`Cannot seed the cluster of the tests: ${stderr}`);
  },
};

/** The whole embedded stack, as `withStack` gives it, with NORTHWIND. */
export function withSeededStack<T>(use: (stack: Stack) => Promise<T>): Promise<T> {
  return withStack(use, undefined, SEEDED);
}

/** What takes long to make and is the same in every home: a cluster with data, and the unpacked browser. */
async function furnish(home: string): Promise<void> {
  await placeCluster(home, SEEDED);
  placeBrowser(home);
}

/** Calls a task in this process, with nothing of the machine's user. */
export function callTask(
  task: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Called> {
  return inProcess(async () => {
    const { run } = await import(pathToFileURL(join(tasks, `${task}.ts`)).href) as { run: Task };
    return await run(args);
  }, { ...NO_SERVICES, ...ONE_LINE, ...env });
}

/** Of the user, and the server of the suite, whose password is none of a task's. */
const NO_SERVICES = {
  DATABASE_URL: "",
  TARGET_DATABASE_URL: "",
  REDIS_URL: "",
  GRAPHQL_URL: "",
  [SHARED]: "",
};

/** Sentences of what a task says are looked for as a whole. */
const ONE_LINE = { COLUMNS: "1000" };

function startTask(
  task: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  cwd?: string,
): RunningTask {
  const started = performance.now();
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", join(tasks, `${task}.ts`), ...args],
    env: { ...NO_SERVICES, NO_COLOR: "1", ...ONE_LINE, ...env },
    cwd,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  return {
    pid: child.pid,
    kill(signal) {
      try {
        child.kill(signal);
      } catch {
        // It has ended by itself.
      }
    },
    result: child.output().then(({ code, stdout, stderr }) => ({
      code,
      stdout: new TextDecoder().decode(stdout),
      stderr: new TextDecoder().decode(stderr),
      seconds: (performance.now() - started) / 1000,
    })),
  };
}

/** The first spool that holds timings, or null. */
function spoolWithRows(home: string): string | null {
  const root = join(home, "spool");
  try {
    for (const { name } of Deno.readDirSync(root)) {
      const dir = join(root, name);
      for (const file of Deno.readDirSync(dir)) {
        if (file.name.endsWith(".seg") && Deno.statSync(join(dir, file.name)).size > 0) return dir;
      }
    }
  } catch {
    // Not there yet.
  }
  return null;
}

/** Waits for something to come true; a test that hangs helps nobody. */
export async function until<T>(look: () => T | null | Promise<T | null>, otherwise: string): Promise<T> {
  const deadline = performance.now() + 300_000;
  while (performance.now() < deadline) {
    const found = await look();
    if (found !== null) return found;
    await sleep(50);
  }
  throw new Error(`Waited in vain: ${otherwise}`);
}
