import { findProgram, runProgram } from "../../stack/programs.ts";
import { callPeer, lastLine, rateOf } from "../peers/call.ts";
import type { AbsentPeer, Peer, PeerRate } from "../peers/peer.ts";
import { jsonHeaders, type Question } from "./question.ts";

/** The version that is fetched where none is on PATH. */
const VERSION = "9.0.0";
const FETCH_MS = 120_000;
const NAME = "autocannon";

/** The autocannon on PATH, else one that npx fetches, which is done here and so before any timing; or why not. */
export async function findAutocannon(): Promise<Peer<Question> | AbsentPeer> {
  const installed = findProgram(NAME);
  const npx = findProgram("npx");
  if (installed === null && npx === null) {
    return { name: NAME, unavailable: "neither it nor npx is on PATH" };
  }
  const command = installed !== null ? [installed] : [npx!, "-y", `${NAME}@${VERSION}`];
  const { code, output } = await runProgram(command[0]!, [...command.slice(1), "--version"], {
    timeoutMs: FETCH_MS,
  });
  const version = /^autocannon v(\S+)/m.exec(output)?.[1];
  if (code !== 0 || version === undefined) {
    return { name: NAME, unavailable: "not on PATH, and npx could not fetch it" };
  }
  return autocannonPeer(command, version);
}

function autocannonPeer(command: readonly string[], version: string): Peer<Question> {
  return {
    name: `${NAME} ${version}`,
    least: 1,
    async run(question, { connections, ...turn }) {
      const args = ["-c", connections, "-d", turn.seconds, "-m", "POST", "--json", "--no-progress"];
      for (const [name, value] of Object.entries(jsonHeaders(question))) args.push("-H", `${name}=${value}`);
      args.push("-b", question.body, question.url);
      const { stdout, output } = await callPeer({ name: NAME, command }, args, turn);
      return rateOf(NAME, parseAutocannon(stdout, output));
    },
  };
}

/** Answers a second, by the JSON that `autocannon --json` prints, unless it had errors. @param output all it said */
export function parseAutocannon(json: string, output = json): PeerRate {
  try {
    const { requests, duration, errors, non2xx } = JSON.parse(json) as {
      requests: { total: number };
      duration: number;
      errors: number;
      non2xx: number;
    };
    if (errors > 0 || non2xx > 0) {
      return { failure: `${errors} errors and ${non2xx} answers other than 2xx` };
    }
    return { rate: requests.total / duration };
  } catch {
    return { failure: lastLine(output) };
  }
}
