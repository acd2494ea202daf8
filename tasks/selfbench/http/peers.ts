import { join } from "node:path";
import { InterruptedError, ServiceError } from "../../model/errors.ts";
import { findProgram, runProgram } from "../../stack/programs.ts";
import { defaultWorkers } from "../one_arm.ts";
import { findAutocannon, parseAutocannon } from "./autocannon.ts";

/** One request, as all sides send it again and again. */
export interface Question {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Turn {
  readonly connections: number;
  readonly seconds: number;
  /** For scripts. */
  readonly dir: string;
  readonly signal: AbortSignal;
}

/** A tool that posts a request as fast as it can. */
export interface Peer {
  readonly name: string;
  /** The ratio that Benchbook promises. */
  readonly least: number;
  /** Answers a second. */
  readonly run: (question: Question, turn: Turn) => Promise<number>;
}

/** A tool that is not here. */
export interface AbsentPeer {
  readonly name: string;
  readonly least: number;
  readonly unavailable: string;
}

/** As Benchbook's own requests have it. */
const ACCEPT = "application/graphql-response+json, application/json";

/** The peers of which there may be one here, found once. */
export async function findPeers(): Promise<readonly (Peer | AbsentPeer)[]> {
  const found = await findAutocannon();
  const autocannon = "unavailable" in found
    ? { name: "autocannon", least: 1, ...found }
    : autocannonPeer(found.command, found.version);
  return [
    autocannon,
    onPath("wrk", 0.95, wrkPeer),
    onPath("k6", 1, k6Peer),
  ];
}

function onPath(
  name: string,
  least: number,
  peer: (path: string, least: number) => Peer,
): Peer | AbsentPeer {
  const path = findProgram(name);
  return path === null ? { name, least, unavailable: "not found on PATH" } : peer(path, least);
}

function autocannonPeer(command: readonly string[], version: string): Peer {
  return {
    name: `autocannon ${version}`,
    least: 1,
    async run({ url, headers, body }, turn) {
      const args = [
        "-c",
        turn.connections,
        "-d",
        turn.seconds,
        "-m",
        "POST",
        "--json",
        "--no-progress",
        "-b",
        body,
      ];
      for (const [name, value] of Object.entries(jsonHeaders(headers))) args.push("-H", `${name}=${value}`);
      args.push(url);
      const { stdout, output } = await called("autocannon", command, args, turn);
      return counted("autocannon", parseAutocannon(stdout), output);
    },
  };
}

function wrkPeer(path: string, least: number): Peer {
  return {
    name: "wrk",
    least,
    async run({ url, headers, body }, turn) {
      const script = join(turn.dir, "wrk.lua");
      Deno.writeTextFileSync(script, wrkScript(jsonHeaders(headers), body));
      const threads = defaultWorkers(turn.connections);
      const args = ["-t", threads, "-c", turn.connections, "-d", `${turn.seconds}s`, "-s", script, url];
      const { output } = await called("wrk", [path], args, turn);
      return counted("wrk", parseWrk(output), output);
    },
  };
}

function k6Peer(path: string, least: number): Peer {
  return {
    name: "k6",
    least,
    async run({ url, headers, body }, turn) {
      const script = join(turn.dir, "k6.js");
      const summary = join(turn.dir, "k6.json");
      Deno.writeTextFileSync(script, k6Script(url, jsonHeaders(headers), body));
      const args = [
        "run",
        "-q",
        "-u",
        turn.connections,
        "-d",
        `${turn.seconds}s`,
        "--summary-export",
        summary,
        script,
      ];
      const { output } = await called("k6", [path], args, turn);
      return counted("k6", parseK6(Deno.readTextFileSync(summary)), output);
    },
  };
}

function jsonHeaders(headers: Question["headers"]): Record<string, string> {
  return { "content-type": "application/json", accept: ACCEPT, ...headers };
}

async function called(
  name: string,
  command: readonly string[],
  args: readonly (string | number)[],
  { seconds, signal }: Turn,
) {
  const outcome = await runProgram(command[0]!, [...command.slice(1), ...args].map(String), {
    timeoutMs: (seconds + 60) * 1000,
    signal,
  });
  if (signal.aborted) throw new InterruptedError();
  if (outcome.code !== 0) throw failed(name, outcome.output);
  return outcome;
}

function counted(name: string, rate: number | null, output: string): number {
  if (rate === null) throw failed(name, output);
  return rate;
}

function failed(name: string, output: string): ServiceError {
  return new ServiceError(`Cannot measure with ${name}: ${output.trim().split("\n").at(-1)}`);
}

/**
 * A Lua string in long brackets: nothing in it needs escaping but its own end. As an index it needs spaces around
 * it: `[[` would begin another string.
 */
function lua(text: string): string {
  return `[====[${text}]====]`;
}

/** A script that has wrk post a body. */
export function wrkScript(headers: Readonly<Record<string, string>>, body: string): string {
  const lines = Object.entries(headers).map(([name, value]) => `wrk.headers[ ${lua(name)} ] = ${lua(value)}`);
  return [`wrk.method = "POST"`, `wrk.body = ${lua(body)}`, ...lines, ""].join("\n");
}

function k6Script(url: string, headers: Readonly<Record<string, string>>, body: string): string {
  const options = JSON.stringify({ headers });
  return `import http from "k6/http";\n` +
    `export default () => http.post(${JSON.stringify(url)}, ${JSON.stringify(body)}, ${options});\n`;
}

/**
 * `Requests/sec:` of wrk's report; null where it has none, or had other answers than 2xx. A fault in its script is
 * only a line to wrk, which then goes on with other requests.
 */
export function parseWrk(report: string): number | null {
  if (/Non-2xx or 3xx responses|Socket errors|\.lua:\d+:/.test(report)) return null;
  const rate = /^Requests\/sec:\s+([\d.]+)/m.exec(report)?.[1];
  return rate === undefined ? null : Number(rate);
}

/** The rate of `http_reqs` of k6's exported summary; null where it has none. */
export function parseK6(json: string): number | null {
  try {
    const { metrics } = JSON.parse(json) as { metrics: { http_reqs: { rate: number } } };
    return metrics.http_reqs.rate;
  } catch {
    return null;
  }
}
