import type { AbsentPeer, Peer } from "../peers/peer.ts";
import { findArtilleryHttp } from "./artillery.ts";
import { findAutocannon } from "./autocannon.ts";
import { findK6Http } from "./k6.ts";
import type { Question } from "./question.ts";
import { findWrk } from "./wrk.ts";

/** The peers of which there may be one here, found once. */
export async function findHttpPeers(): Promise<readonly (Peer<Question> | AbsentPeer)[]> {
  return await Promise.all([findAutocannon(), findWrk(), findK6Http(), findArtilleryHttp()]);
}
