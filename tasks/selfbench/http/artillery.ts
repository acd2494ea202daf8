import { join } from "node:path";
import { findArtillery, runArtillery } from "../peers/artillery.ts";
import type { AbsentPeer, Peer } from "../peers/peer.ts";
import { jsonHeaders, type Question } from "./question.ts";

const PROCESSOR = join(import.meta.dirname!, "../../../queries/selfbench/http/artillery.mjs");

/** The Artillery on PATH. */
export async function findArtilleryHttp(): Promise<Peer<Question> | AbsentPeer> {
  const artillery = await findArtillery();
  if ("unavailable" in artillery) return { name: "artillery", ...artillery };
  return {
    name: `Artillery ${artillery.version}`,
    least: 1,
    run(question, turn) {
      const script = join(turn.dir, "artillery.json");
      Deno.writeTextFileSync(script, JSON.stringify(artilleryScript(question, turn)));
      return runArtillery(artillery, script, {}, turn);
    },
  };
}

/** A script that has each of Artillery's users post a body again and again, over a connection of their own. */
export function artilleryScript(question: Question, { connections }: { readonly connections: number }) {
  const { url, body } = question;
  const post = { url, headers: jsonHeaders(question), body };
  return {
    config: {
      target: new URL(url).origin,
      processor: PROCESSOR,
      phases: [{ duration: 1, arrivalCount: connections }],
    },
    scenarios: [{
      flow: [{ function: "start" }, { loop: [{ post }, { function: "answered" }], whileTrue: "goOn" }],
    }],
  };
}
