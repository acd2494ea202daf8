import { existsSync } from "node:fs";
import { availableParallelism, freemem } from "node:os";
import { dirname } from "node:path";
import { type Config, redactUrl } from "../config.ts";
import { BenchbookError, InterruptedError } from "../model/errors.ts";
import { formatRoom, formatSeconds } from "../model/units.ts";
import { findBrowserPlan } from "./browser.ts";
import { graphqlHeaders, graphqlProblem } from "./graphql.ts";
import { inspectLock } from "./lock.ts";
import { redisProblem } from "./open_redis.ts";
import { packageVersion } from "./package_version.ts";
import { freeBytes, MIN_FREE_BYTES, prepareHome } from "./places.ts";
import { freePort } from "./ports.ts";
import { findPostgresBinaries } from "./postgres_binaries.ts";
import { inspectPostgres } from "./postgres_server.ts";
import { tryPostgres } from "./postgres_trial.ts";
import { findProgram, isExecutable, runProgram } from "./programs.ts";
import { REDIS_ADVICE, redisVersion } from "./redis.ts";
import { findHaproxy, HAPROXY_ADVICE, haproxyVersion } from "./haproxy.ts";
import { unpackedRedis } from "./redis_packages.ts";
import { orphans, readRecords } from "./state.ts";
import { unprivilegedUser } from "./unprivileged.ts";
import { shownPgUrl } from "../postgres/place.ts";

/** One thing that was looked at. "missing" stops a run or a part of it; "warn" may spoil its numbers. */
export interface DoctorCheck {
  readonly name: string;
  readonly state: "ok" | "warn" | "missing";
  readonly text: string;
  /** What to do about it. */
  readonly fix: string | null;
}

type Verdict = Omit<DoctorCheck, "name">;

const GIGABYTE = 1e9;
const PACKAGES = ["pg", "ioredis", "postgraphile", "@duckdb/node-api", "puppeteer", "@observablehq/plot"];

/**
 * Looks at everything that a run depends on, starting the embedded PostgreSQL for a trial. Changes nothing
 * that stays, and downloads nothing. What goes wrong is a finding.
 * @throws {InterruptedError} when `signal` aborts
 */
export async function diagnose(config: Config, signal?: AbortSignal): Promise<DoctorCheck[]> {
  const checks: [string, () => Verdict | Promise<Verdict>][] = [
    ["Deno", deno],
    ["Packages", packages],
    ["Home", () => home(config.home)],
    ["Disk", () => disk(config.home)],
    ["Memory", memory],
    ["Cores", cores],
    ["Ports", ports],
    ["Other tasks", () => otherTasks(config.home)],
    ["Services", () => leftOver(config.home)],
    ["User for PostgreSQL", user],
    ["PostgreSQL", () => postgres(config, signal)],
    ["Redis", () => redis(config)],
    ["GraphQL", () => graphql(config)],
    ...config.haproxy === undefined
      ? []
      : [["HAProxy", () => haproxy(config)] as [string, () => Promise<Verdict>]],
    ["Browser", async () => ok(await findBrowserPlan(config))],
    ["Jupyter", jupyter],
  ];
  const findings: DoctorCheck[] = [];
  for (const [name, check] of checks) {
    if (signal?.aborted) throw new InterruptedError();
    try {
      findings.push({ name, ...await check() });
    } catch (error) {
      if (signal?.aborted) throw new InterruptedError();
      const fix = error instanceof BenchbookError ? error.next ?? null : null;
      findings.push({ name, state: "missing", text: (error as Error).message, fix });
    }
  }
  return findings;
}

function deno(): Verdict {
  const [major = 0, minor = 0] = Deno.version.deno.split(".").map(Number);
  if (major === 2 && minor >= 9) return ok(`version ${Deno.version.deno}`);
  return warn(`version ${Deno.version.deno}; Benchbook is tested with 2.9`, "Run `npx -y deno upgrade`.");
}

function packages(): Verdict {
  const versions = PACKAGES.map((name) => `${name} ${packageVersion(name)}`);
  return ok(versions.join(", "));
}

function home(path: string): Verdict {
  prepareHome(path, 0);
  return ok(path);
}

function disk(path: string): Verdict {
  const free = freeBytes(existsSync(path) ? path : dirname(path));
  const text = `${formatRoom(free, "GB")} free for ${path}`;
  if (free < MIN_FREE_BYTES) return missing(text, "Free some space, or set BENCHBOOK_HOME to another disk.");
  return free < 5 * GIGABYTE ? warn(text, "Scales above small need more.") : ok(text);
}

function memory(): Verdict {
  const free = freemem();
  const text = `${formatRoom(free, "GB")} available`;
  return free < 1.5 * GIGABYTE
    ? warn(text, "Close other programs: a machine that swaps measures its disk.")
    : ok(text);
}

function cores(): Verdict {
  const count = availableParallelism();
  if (count >= 2) return ok(`${count}`);
  return warn("1: generator and servers share it", "Use a machine with two cores or more.");
}

function ports(): Verdict {
  return ok(`can be opened on loopback, such as ${freePort()}`);
}

function otherTasks(path: string): Verdict {
  const { state, holder } = inspectLock(path);
  if (state === "held") {
    return ok(`"${holder?.what}" is running as process ${holder?.process.pid}; one at a time can`);
  }
  if (state === "stale") {
    return ok(`none (process ${holder?.process.pid} ended without releasing its lock, which blocks nothing)`);
  }
  return ok("none is running");
}

function leftOver(path: string): Verdict {
  const running = readRecords(path);
  const left = orphans(running);
  const names = (records: typeof running) => records.map(({ name }) => name).join(", ");
  if (left.length > 0) {
    return warn(
      `${names(left)} still running, left by a run that was killed`,
      "Run `deno task down`; the next bench does it too.",
    );
  }
  return ok(running.length === 0 ? "none is left running" : `${names(running)} running`);
}

function user(): Verdict {
  const other = unprivilegedUser();
  return ok(other === null ? "your own" : `${other.name}, as PostgreSQL refuses to run as root`);
}

async function postgres(config: Config, signal?: AbortSignal): Promise<Verdict> {
  if (config.databaseUrl !== undefined) {
    const facts = await inspectPostgres(config.databaseUrl, "DATABASE_URL");
    const text = `${facts.version} at ${shownPgUrl(config.databaseUrl)}`;
    if (facts.unavailable.length === 0) return ok(text);
    return warn(
      `${text}. ${facts.unavailable.join(" ")}`,
      "Ask the server's administrator for what is missing.",
    );
  }
  const { output } = await runProgram(findPostgresBinaries().postgres, ["--version"]);
  // "postgres (PostgreSQL) 18.4"; the package that brings it counts otherwise.
  const version = /[\d.]+/.exec(output)?.[0] ?? "of an unknown version";
  if (readRecords(config.home).some(({ name }) => name === "postgres")) {
    return ok(`embedded ${version}, running`);
  }
  const seconds = await tryPostgres(config.home, signal);
  return ok(`embedded ${version} starts (${formatSeconds(seconds)} with a new cluster)`);
}

async function redis(config: Config): Promise<Verdict> {
  if (config.redisUrl !== undefined) {
    const version = await redisVersion(config.redisUrl);
    const at = redactUrl(config.redisUrl);
    if (!(version instanceof Error)) return ok(`${version} at ${at}`);
    return missing(redisProblem(version, at), "Correct REDIS_URL, or unset it to use the embedded one.");
  }
  if (config.redisServer !== undefined) {
    const path = isExecutable(config.redisServer) ? config.redisServer : findProgram(config.redisServer);
    return path !== null
      ? ok(path)
      : missing(`REDIS_SERVER names ${config.redisServer}, which is not a program`, REDIS_ADVICE);
  }
  const found = findProgram("redis-server", "valkey-server") ?? (await unpackedRedis(config.home))?.command;
  if (found !== undefined) return ok(found);
  if (findProgram("apt-get") !== null && findProgram("dpkg") !== null) {
    return ok("not here yet; fetched from the distribution's packages when first needed (about 3 MB)");
  }
  return missing("no redis-server; the cached paths will be marked not available", REDIS_ADVICE);
}

/** Of which nothing is said unless it is named: it is needed only where it is asked for. */
async function haproxy(config: Config): Promise<Verdict> {
  const program = await findHaproxy(config);
  if (typeof program === "string") return missing(program, HAPROXY_ADVICE);
  const version = await haproxyVersion(program);
  return version === null
    ? missing(`HAPROXY names ${program.command}, which does not say a version of HAProxy`, HAPROXY_ADVICE)
    : ok(`HAProxy ${version}: ${program.command}`);
}

async function graphql(config: Config): Promise<Verdict> {
  if (config.graphqlUrl === undefined) return ok(`embedded PostGraphile ${packageVersion("postgraphile")}`);
  const problem = await graphqlProblem(config.graphqlUrl, graphqlHeaders(config));
  const at = redactUrl(config.graphqlUrl);
  if (problem === null) return ok(`${config.graphqlDialect} at ${at}`);
  return missing(`${problem} at ${at}`, "Correct GRAPHQL_URL, or unset it to use the embedded one.");
}

function jupyter(): Verdict {
  const path = findProgram("jupyter-lab", "jupyter");
  if (path !== null) return ok(path);
  return warn("not installed; only `deno task notebook` needs it", "Run `pip install jupyterlab`.");
}

function ok(text: string): Verdict {
  return { state: "ok", text, fix: null };
}

function warn(text: string, fix: string): Verdict {
  return { state: "warn", text, fix };
}

function missing(text: string, fix: string): Verdict {
  return { state: "missing", text, fix };
}
