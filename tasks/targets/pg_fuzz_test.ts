import assert from "node:assert/strict";
import { fuzzClient } from "./testing_pg_client_fuzz.ts";
import { fuzzConversations } from "./testing_pg_fuzz.ts";
import { inBoundedMemory } from "./testing_memory.ts";

Deno.test("of 200 servers, right, odd and hostile, the client believes what is an answer, and nothing else", async () => {
  const { sessions, answered, failed } = await inBoundedMemory(() =>
    fuzzConversations(Array.from({ length: 200 }, (_, seed) => seed))
  );
  assert.ok(sessions > 130 && answered > 100 && failed > 40, JSON.stringify({ sessions, answered, failed }));
});

Deno.test("of 40 such servers none ends the process through the client of what is not measured", async () => {
  const { answered, failed } = await inBoundedMemory(() =>
    fuzzClient(Array.from({ length: 40 }, (_, seed) => seed))
  );
  assert.ok(answered > 5 && failed > 10, JSON.stringify({ answered, failed }));
});
