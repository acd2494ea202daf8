import assert from "node:assert/strict";
import { USUAL_CACHE } from "../model/cache_settings.ts";
import { CachedTarget } from "./cached.ts";
import { rowEntries } from "./cache_entries.ts";
import { askOnce, type Call, complete, newCall, type Target } from "./target.ts";

/** What a cache stands before, where only that is the subject: opens and closes nothing. */
export function behind(run: (call: Call) => void): Target {
  return { open: () => Promise.resolve(), run, close: () => Promise.resolve() };
}

/** Direct SQL that answers at once. */
const sql = behind((call) => {
  complete(call, 1, "ok", null);
  call.rows = 1;
  call.answer = [{ id: call.values[0], text: "x".repeat(1000) }];
  call.onDone();
});

const STATEMENT = { operationId: 0, name: "one", write: false, text: "", parameters: ["id"] };

/** Asks ten keys twice over the cache; @returns how each was answered, and what was refused */
export async function askAll(redisUrl: string, prefix: string) {
  const cached = new CachedTarget(sql, {
    redisUrl,
    prefix,
    entries: rowEntries,
    behaviour: USUAL_CACHE,
    nowUs: () => 0,
    random: () => 0.5,
  });
  await cached.open();
  const states: string[] = [];
  for (let at = 0; at < 20; at++) {
    const call = newCall(STATEMENT, [at % 10], true);
    await askOnce(cached, call);
    assert.deepEqual([call.outcome, (call.answer as { id: number }[])[0]!.id], ["ok", at % 10]);
    states.push(call.cache!);
  }
  // Storing does not keep an answer waiting; its own answer follows, and is there when all is closed.
  await cached.close();
  return {
    states: [...new Set(states)].join(" then "),
    refusals: cached.refusals(),
    keys: cached.storedKeys(),
  };
}
