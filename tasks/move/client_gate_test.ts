import assert from "node:assert/strict";
import { type ClientGate, joinGates, type MoveSide } from "./client_gate.ts";

/** A gate in memory that tells what was asked of it, and refuses what it is told to. */
class FakeGate implements ClientGate {
  readonly asked: string[] = [];
  at: MoveSide | null = "source";
  refuses = "";
  /** A closing that waits for clients ends when this is called. */
  drained = () => {};

  constructor(readonly waits = false) {}

  prepare(at: MoveSide): Promise<void> {
    return this.#take(`prepare ${at}`);
  }

  async close(signal?: AbortSignal): Promise<void> {
    await this.#take("close");
    if (this.waits) {
      await new Promise<void>((resolve, reject) => {
        this.drained = resolve;
        signal?.addEventListener("abort", () => reject(signal.reason));
        if (signal?.aborted) reject(signal.reason);
      });
    }
    this.at = null;
  }

  async open(at: MoveSide): Promise<void> {
    await this.#take(`open ${at}`);
    this.at = at;
  }

  #take(what: string): Promise<void> {
    this.asked.push(what);
    return what === this.refuses ? Promise.reject(new Error(`refused: ${what}`)) : Promise.resolve();
  }
}

Deno.test("several gates close, and open, as one", async () => {
  const gates = [new FakeGate(), new FakeGate()];
  const joined = joinGates(gates);
  await joined.prepare("target");
  await joined.close();
  assert.deepEqual(gates.map(({ at }) => at), [null, null]);
  await joined.open("target");
  assert.deepEqual(gates.map(({ at }) => at), ["target", "target"]);
});

Deno.test("where one gate does not close, the others are open again where they were", async () => {
  const [first, second] = [new FakeGate(), new FakeGate()];
  const joined = joinGates([first, second]);
  await joined.close();
  await joined.open("target");
  second.refuses = "close";
  await assert.rejects(joined.close(), /refused: close/);
  assert.equal(first.at, "target");
});

Deno.test("where one gate does not close, those that still wait for their clients stop waiting", async () => {
  const [waiting, refusing] = [new FakeGate(true), new FakeGate()];
  refusing.refuses = "close";
  await assert.rejects(joinGates([waiting, refusing]).close(), /refused: close/);
  assert.equal(waiting.at, "source");
});

Deno.test("a signal ends the closing of all gates, and is what it fails with", async () => {
  const gates = [new FakeGate(), new FakeGate(true)];
  const stop = new AbortController();
  const closing = joinGates(gates).close(stop.signal);
  stop.abort(new Error("stopped"));
  await assert.rejects(closing, /^Error: stopped$/);
  assert.deepEqual(gates.map(({ at }) => at), ["source", "source"]);
});

Deno.test("where one gate does not open, none stays open, and all may be opened at the other server", async () => {
  const gates = [new FakeGate(), new FakeGate(), new FakeGate()];
  gates[1]!.refuses = "open target";
  const joined = joinGates(gates);
  await joined.close();
  await assert.rejects(joined.open("target"), /refused: open target/);
  assert.deepEqual(gates.map(({ at }) => at), [null, null, null]);
  assert.ok(!gates[2]!.asked.includes("open target"), "none is asked after the one that failed");
  await joined.open("source");
  assert.deepEqual(gates.map(({ at }) => at), ["source", "source", "source"]);
});

Deno.test("a server that one gate cannot reach is told by what that gate says", async () => {
  const gates = [new FakeGate(), new FakeGate()];
  gates[0]!.refuses = "prepare target";
  await assert.rejects(joinGates(gates).prepare("target"), /refused: prepare target/);
});
