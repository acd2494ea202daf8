import { join } from "node:path";
import process from "node:process";
import { ServiceError } from "../../model/errors.ts";
import type { RunSummary } from "../../model/summary.ts";
import { sleep } from "../../net/sleep.ts";
import { claimHome } from "../../stack/home.ts";
import { startTask } from "../own_process.ts";
import { type ComparedPause, comparePauses } from "./compare_pauses.ts";
import { type MadePause, ProbeProxy } from "./probe_proxy.ts";

/** Between two pauses, ms: answers flow for so long, and for a part more. */
const REST_MS = 300;
/** Writes that have gone through before anything is done to them. */
const WRITES_BEFORE = 100;
const LOOK_MS = 20;

/** What is done to the load of a probe. */
export interface Injected {
  /** Lengths of pauses in their order, ms. */
  readonly lengths: readonly number[];
  /** Every so many-th write is lost. */
  readonly loseEvery: number;
  /** Requests a second. */
  readonly rate: number;
}

/** What came of it. */
export interface InjectedResult {
  readonly pauses: readonly ComparedPause[];
  /** Writes that were lost on purpose, and that the probe told. */
  readonly lost: { readonly made: number; readonly told: number };
  /** What else the probe told of writes. */
  readonly problems: string;
  /** Pauses that it told in all. */
  readonly told: number;
  readonly seconds: number;
}

/** Lets a probe watch a server through a proxy, by which pauses and lost writes are made. @param folder an empty one */
export async function makePauses(
  url: string,
  folder: string,
  { lengths, loseEvery, rate }: Injected,
  { signal, onProgress }: { readonly signal: AbortSignal; readonly onProgress: (text: string) => void },
): Promise<InjectedResult> {
  await using proxy = new ProbeProxy(Number(new URL(url).port));
  const probe = startProbe(proxy.through(url), folder, rate, signal);
  try {
    while (proxy.writes < WRITES_BEFORE) await probe.during(sleep(LOOK_MS, signal));
    proxy.loseEvery = loseEvery;
    const made: { askedMs: number; made: MadePause }[] = [];
    for (const askedMs of lengths) {
      await probe.during(sleep(REST_MS * (1 + Math.random()), signal));
      made.push({ askedMs, made: await probe.during(proxy.pause(askedMs)) });
      onProgress(`${made.length} of ${lengths.length} pauses, ${proxy.lost.length} writes lost`);
    }
    proxy.loseEvery = 0;
    await probe.during(sleep(REST_MS, signal));
    return resultOf(made, proxy.lost, await probe.enough());
  } finally {
    await probe.end();
  }
}

function resultOf(
  made: readonly { readonly askedMs: number; readonly made: MadePause }[],
  lost: readonly number[],
  { probe, run }: RunSummary,
): InjectedResult {
  const { pauses, ledger, seconds } = probe!;
  // The run's clock begins at a moment that its record tells to the millisecond.
  const originMs = Date.parse(String(run.startedAt)) - performance.timeOrigin;
  const { problems } = ledger!;
  return {
    pauses: comparePauses(made, pauses, originMs),
    lost: {
      made: lost.length,
      told: problems.filter(({ problem }) => problem === "lost").reduce((sum, { n }) => sum + n, 0),
    },
    problems: problems.filter(({ problem }) => problem !== "lost")
      .map(({ problem, n }) => `${n} ${problem}`).join(", "),
    told: pauses.length,
    seconds,
  };
}

/** A probe in a process of its own. */
interface RunningProbe {
  /** Does something while it runs. @throws {ServiceError} where it ends meanwhile */
  during<T>(work: Promise<T>): Promise<T>;
  /** As Ctrl-C does. @returns what it saw */
  enough(): Promise<RunSummary>;
  /** Ends it, whatever it does. */
  end(): Promise<void>;
}

function startProbe(url: string, folder: string, rate: number, signal: AbortSignal): RunningProbe {
  const home = join(folder, "home");
  claimHome(home);
  const db = join(folder, "probe.duckdb");
  const child = startTask(
    "migrate.ts",
    ["probe", "--no-report", "--json", "--rate", String(rate), "--db", db],
    { DATABASE_URL: url, BENCHBOOK_HOME: home },
  );
  let isOver = false;
  const ended = child.output().finally(() => isOver = true);
  const failed = ended.then(({ code, stderr }) => {
    const said = new TextDecoder().decode(stderr).trim().split("\n").slice(-3).join("\n  ");
    throw new ServiceError(`Cannot hold a probe against what is done: it ended with exit code ${code}`, said);
  });
  failed.catch(() => {});
  const interrupt = () => isOver || process.kill(child.pid, "SIGINT");
  return {
    during: (work) => Promise.race([work, failed]),
    async enough() {
      interrupt();
      const text = new TextDecoder().decode((await ended).stdout);
      signal.throwIfAborted();
      return text === "" ? await failed : JSON.parse(text) as RunSummary;
    },
    async end() {
      if (isOver) return;
      // It is to leave; what it then tells is not read.
      interrupt();
      await ended;
    },
  };
}
