import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "../config.ts";
import { ServiceError } from "../model/errors.ts";
import { formatSeconds } from "../model/units.ts";
import { sleep } from "../net/sleep.ts";
import { embeddedGraphqlUrl, graphqlProblem } from "./graphql.ts";
import { onFreePort } from "./ports.ts";
import { launch, type ProcessId, stopProcess } from "./process.ts";
import { findProgram, isExecutable, runProgram } from "./programs.ts";
import { type FoundProgram, type PackagedProgram, unpackProgram } from "./unpacked_program.ts";

const START_TIMEOUT_MS = 10_000;

const HAPROXY: PackagedProgram = {
  title: "HAProxy",
  folder: "haproxy",
  packages: ["haproxy"],
  path: "usr/sbin/haproxy",
  versionOption: "-v",
};

/** Where distributions put it: the PATH of an ordinary user does not lead there. */
const SYSTEMS = "/usr/sbin/haproxy";

/** What to do where no HAProxy can be had. */
export const HAPROXY_ADVICE =
  "Install it (`apt install haproxy`, `brew install haproxy`), name the program in HAPROXY, or leave out balancer.";

/** Finds HAProxy, fetching the distribution's packages last. A string is the reason why there is none. */
export async function findHaproxy(
  { haproxy, home }: Pick<Config, "haproxy" | "home">,
  onStep?: (text: string) => void,
  signal?: AbortSignal,
): Promise<FoundProgram | string> {
  if (haproxy !== undefined) {
    const command = isExecutable(haproxy) ? haproxy : findProgram(haproxy);
    return command === null
      ? `HAPROXY names ${haproxy}, which is not a program`
      : { command, libraries: null };
  }
  const command = findProgram("haproxy") ?? (isExecutable(SYSTEMS) ? SYSTEMS : null);
  if (command !== null) return { command, libraries: null };
  return await unpackProgram(HAPROXY, home, onStep, signal);
}

/** The version that a HAProxy says it is; null where it does not say one. */
export async function haproxyVersion({ command, libraries }: FoundProgram): Promise<string | null> {
  const env: Record<string, string> = libraries === null ? {} : { LD_LIBRARY_PATH: libraries };
  const { stdout } = await runProgram(command, ["-v"], { env, timeoutMs: 10_000 });
  return /^HA-?Proxy version (\S+)/m.exec(stdout)?.[1] ?? null;
}

export interface HaproxyStart {
  readonly home: string;
  readonly program: FoundProgram;
  /** Of the service, its log and its configuration: "haproxy". */
  readonly name: string;
  /** Loopback ports of what it deals requests over, by their names. */
  readonly servers: Readonly<Record<string, number>>;
  /** Connections that are made to it. */
  readonly connections: number;
  /** The only port that will do; default one that is free. */
  readonly port?: number;
}

/**
 * Starts HAProxy before GraphQL servers, on loopback alone, and waits until a query is answered through it.
 * @throws {ServiceError} with the end of its log
 */
export async function startHaproxy(
  { home, program, name, servers, connections, port: wanted }: HaproxyStart,
  onStarted: (started: { readonly process: ProcessId; readonly port: number }) => void,
  signal?: AbortSignal,
): Promise<{ readonly process: ProcessId; readonly port: number }> {
  const log = join(home, "logs", `${name}.log`);
  return await onFreePort(async (port) => {
    const folder = join(home, HAPROXY.folder);
    if (!existsSync(folder)) mkdirSync(folder, { recursive: true });
    const conf = join(folder, `${name}.cfg`);
    writeFileSync(conf, configuration(port, servers, connections), { mode: 0o600 });
    const child = await launch({
      command: program.command,
      // In the foreground, whatever a configuration says.
      args: ["-db", "-f", conf],
      env: {
        PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        LC_ALL: "C",
        ...program.libraries !== null && { LD_LIBRARY_PATH: program.libraries },
      },
      cwd: home,
      log,
    }).catch((error) => {
      throw failedToStart((error as Error).message, log);
    });
    const started = { process: child.id, port };
    onStarted(started);
    const deadline = performance.now() + START_TIMEOUT_MS;
    for (;;) {
      const problem = await graphqlProblem(embeddedGraphqlUrl(port), {}, 2_000, signal);
      // Who took the port in between may answer too.
      if (problem === null && !child.hasEnded()) return started;
      signal?.throwIfAborted();
      if (child.hasEnded()) {
        const tail = child.words();
        if (/Address already in use/i.test(tail)) return "port taken" as const;
        throw failedToStart(`it ended with ${await child.ended}\n${tail}`, log);
      }
      if (performance.now() > deadline) {
        await stopProcess(child.id, "SIGTERM");
        throw failedToStart(`${problem} after ${formatSeconds(START_TIMEOUT_MS / 1000)}`, log);
      }
      await sleep(25, signal);
    }
  }, wanted);
}

function configuration(
  port: number,
  servers: Readonly<Record<string, number>>,
  connections: number,
): string {
  return [
    "# Written by Benchbook at every start: changes made here are lost.",
    "global",
    // By its own measure, the limit of open files, it may want a gigabyte.
    `  maxconn ${2 * connections + 100}`,
    "defaults",
    // Requests, not connections, are dealt: these are kept by clients for as long as they ask.
    "  mode http",
    "  timeout connect 5s",
    // How long a request may take is for the load generator to say.
    "  timeout client 1d",
    "  timeout server 1d",
    "  option redispatch 1",
    "frontend graphql",
    `  bind 127.0.0.1:${port}`,
    "  default_backend instances",
    "backend instances",
    "  balance roundrobin",
    // One that takes no connections is asked no more after a second, and asked again when it does.
    ...Object.entries(servers).map(([name, port]) =>
      `  server ${name} 127.0.0.1:${port} check inter 500ms fall 2 rise 2`
    ),
    "",
  ].join("\n");
}

function failedToStart(state: string, log: string): ServiceError {
  return new ServiceError(`Cannot start HAProxy: ${state}`, `Read ${log}. ${HAPROXY_ADVICE}`);
}
