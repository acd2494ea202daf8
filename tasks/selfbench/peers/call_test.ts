import assert from "node:assert/strict";
import { InterruptedError, ServiceError } from "../../model/errors.ts";
import { callPeer, rateOf } from "./call.ts";

const turn = { seconds: 1, signal: new AbortController().signal };
const call = (script: string) =>
  callPeer({ name: "peer", command: [Deno.execPath(), "eval"] }, [script], turn);

Deno.test("a peer that fails ends the comparison with the last it said", async () => {
  assert.equal((await call("console.log(1)")).stdout, "1\n");
  await assert.rejects(call('console.log("first\\nlast"); Deno.exit(1)'), (error: Error) => {
    assert.ok(error instanceof ServiceError);
    assert.equal(error.message, "Cannot measure with peer: last");
    return true;
  });
  assert.equal(rateOf("peer", { rate: 5 }), 5);
  assert.throws(() => rateOf("peer", { failure: "1 of its requests failed" }), {
    message: "Cannot measure with peer: 1 of its requests failed",
  });
});

Deno.test("an interrupt is not a peer's failure", async () => {
  const interrupted = { seconds: 1, signal: AbortSignal.abort() };
  await assert.rejects(callPeer({ name: "peer", command: ["sleep"] }, [5], interrupted), InterruptedError);
});
