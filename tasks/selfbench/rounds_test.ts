import assert from "node:assert/strict";
import { type Contestant, inTurn } from "./rounds.ts";

Deno.test("every side works once a round, and the order turns round with each round", async () => {
  const order: string[] = [];
  const side = (name: string): Contestant<string> => ({
    name,
    run(round, tell) {
      order.push(`${name}${round}`);
      tell("at it");
      return Promise.resolve(`${name} in ${round}`);
    },
  });
  const told: string[] = [];
  const rounds = await inTurn(3, ["a", "b", "c"].map(side), (_, work) => work((text) => told.push(text)));
  assert.deepEqual(order, ["a0", "b0", "c0", "c1", "b1", "a1", "a2", "b2", "c2"]);
  assert.deepEqual(rounds[1], { a: "a in 1", b: "b in 1", c: "c in 1" });
  assert.deepEqual(told.slice(0, 4), ["a", "a: at it", "b", "b: at it"]);
});

Deno.test("a side that fails ends the rounds", async () => {
  const failing: Contestant<number> = { name: "a", run: () => Promise.reject(new Error("no")) };
  await assert.rejects(inTurn(2, [failing], (_, work) => work(() => {})), /no/);
});
