import { join } from "node:path";
import { findK6, runK6 } from "../peers/k6.ts";
import type { AbsentPeer, Peer } from "../peers/peer.ts";
import { jsonHeaders, type Question } from "./question.ts";

const SCRIPT = join(import.meta.dirname!, "../../../queries/selfbench/http/k6.js");

/** The k6 on PATH, with whatever extensions: HTTP needs none. */
export async function findK6Http(): Promise<Peer<Question> | AbsentPeer> {
  const k6 = await findK6();
  if ("unavailable" in k6) return { name: "k6", ...k6 };
  return {
    name: `k6 ${k6.version}`,
    least: 1,
    run: (question, turn) =>
      runK6(k6, SCRIPT, {
        BENCHBOOK_URL: question.url,
        BENCHBOOK_BODY: question.body,
        BENCHBOOK_HEADERS: JSON.stringify(jsonHeaders(question)),
      }, turn),
  };
}
