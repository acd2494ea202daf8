import assert from "node:assert/strict";
import { request } from "./messages.ts";
import { collect } from "./outputs.ts";

const display = (text: string, id?: string) =>
  request("display_data", "s", {
    data: { "text/plain": text },
    metadata: {},
    transient: id === undefined ? {} : { display_id: id },
  });
const print = (text: string, name = "stdout") => request("stream", "s", { name, text });

Deno.test("text of one stream is joined, and displays between it keep their place", () => {
  const { outputs } = collect([print("a"), print("b\n"), print("!", "stderr"), display("x"), print("c")]);
  assert.deepEqual(outputs, [
    { stream: "stdout", text: "ab\n" },
    { stream: "stderr", text: "!" },
    { mime: { "text/plain": "x" } },
    { stream: "stdout", text: "c" },
  ]);
});

Deno.test("an update replaces the display that it names, where it stands", () => {
  const update = {
    ...display("late", "a"),
    header: { ...display("").header, msg_type: "update_display_data" },
  };
  const { outputs } = collect([display("early", "a"), display("other", "b"), update]);
  assert.deepEqual(outputs, [{ mime: { "text/plain": "late" } }, { mime: { "text/plain": "other" } }]);
});

Deno.test("clearing removes what came before, at once or with the next output", () => {
  const clear = (wait: boolean) => request("clear_output", "s", { wait });
  assert.deepEqual(collect([print("a"), clear(false)]).outputs, []);
  assert.deepEqual(collect([print("a"), clear(true)]).outputs, [{ stream: "stdout", text: "a" }]);
  assert.deepEqual(collect([print("a"), clear(true), print("b")]).outputs, [{ stream: "stdout", text: "b" }]);
});

Deno.test("a result without any representation is no output, and errors are kept apart", () => {
  const error = request("error", "s", {
    ename: "TypeError",
    evalue: "no",
    traceback: ["TypeError: no\n at x"],
  });
  const { outputs, errors } = collect([request("execute_result", "s", { data: {} }), error]);
  assert.deepEqual(outputs, []);
  assert.deepEqual(errors, [{ name: "TypeError", message: "no", traceback: ["TypeError: no", " at x"] }]);
});
