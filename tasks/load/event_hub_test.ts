import assert from "node:assert/strict";
import { EventHub } from "./event_hub.ts";

interface Events {
  readonly counted: number;
  readonly named: string;
}

Deno.test("subscribers hear of an event at once, in the order in which they came, and of no other", () => {
  const hub = new EventHub<Events>();
  const heard: unknown[] = [];
  hub.on("counted", (count) => heard.push(["first", count]));
  hub.on("named", (name) => heard.push(name));
  hub.on("counted", (count) => heard.push(["second", count]));
  hub.emit("counted", 1);
  assert.deepEqual(heard, [["first", 1], ["second", 1]]);
  hub.emit("named", "Ada");
  assert.equal(heard.at(-1), "Ada");
});

Deno.test("whether anybody listens is known before something is told", () => {
  const hub = new EventHub<Events>();
  assert.equal(hub.has("counted"), false);
  hub.on("counted", () => {});
  assert.deepEqual([hub.has("counted"), hub.has("named")], [true, false]);
});

Deno.test("what a subscriber throws is told, and keeps nothing from the others", () => {
  const failures: unknown[] = [];
  const hub = new EventHub<Events>((error) => failures.push(error));
  const heard: number[] = [];
  const error = new Error("it cannot");
  hub.on("counted", () => {
    throw error;
  });
  hub.on("counted", (count) => heard.push(count));
  hub.emit("counted", 1);
  hub.emit("counted", 2);
  assert.deepEqual(heard, [1, 2]);
  assert.deepEqual(failures, [error, error]);
});

Deno.test("where nobody is told of failures whoever emits gets them", () => {
  const hub = new EventHub<Events>();
  hub.on("named", () => {
    throw new Error("it cannot");
  });
  assert.throws(() => hub.emit("named", "Ada"), /it cannot/);
});
