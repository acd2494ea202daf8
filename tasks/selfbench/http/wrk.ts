import { join } from "node:path";
import { findProgram } from "../../stack/programs.ts";
import { defaultWorkers } from "../../load/workers.ts";
import { callPeer, lastLine, rateOf } from "../peers/call.ts";
import type { AbsentPeer, Peer, PeerRate } from "../peers/peer.ts";
import { jsonHeaders, type Question } from "./question.ts";

/** The wrk on PATH. It is C, and keeps no record of its requests. */
export function findWrk(): Peer<Question> | AbsentPeer {
  const path = findProgram("wrk");
  if (path === null) return { name: "wrk", unavailable: "not found on PATH" };
  return {
    name: "wrk",
    least: 0.95,
    async run(question, turn) {
      const script = join(turn.dir, "wrk.lua");
      Deno.writeTextFileSync(script, wrkScript(jsonHeaders(question), question.body));
      const threads = defaultWorkers("closed", turn.connections);
      const args = ["-t", threads, "-c", turn.connections, "-d", `${turn.seconds}s`, "-s", script];
      const { output } = await callPeer({ name: "wrk", command: [path] }, [...args, question.url], turn);
      return rateOf("wrk", parseWrk(output));
    },
  };
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

/**
 * `Requests/sec:` of wrk's report, unless it had other answers than 2xx. A fault in its script is only a line to wrk,
 * which then goes on with other requests.
 */
export function parseWrk(report: string): PeerRate {
  const fault = /^.*(Non-2xx or 3xx responses|Socket errors|\.lua:\d+:).*$/m.exec(report)?.[0];
  if (fault !== undefined) return { failure: fault.trim() };
  const rate = /^Requests\/sec:\s+([\d.]+)/m.exec(report)?.[1];
  return rate === undefined ? { failure: lastLine(report) } : { rate: Number(rate) };
}
