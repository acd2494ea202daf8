import assert from "node:assert/strict";
import { reportFindings } from "./task.ts";
import { treeBytes } from "../../observe/process_memory.ts";

Deno.test("a report's goals are ten seconds, fifteen with its PDF, a gigabyte and two megabytes", () => {
  const html = { seconds: 9, peakBytes: 8e8, htmlBytes: 1e6 };
  const pdf = { seconds: 14, peakBytes: 9e8, htmlBytes: 1e6 };
  const reached = (given: Partial<typeof html>, ofPdf: Partial<typeof pdf> = {}) =>
    reportFindings(10_000_000, [{ html: { ...html, ...given }, pdf: { ...pdf, ...ofPdf } }])
      .map(({ reached }) => reached);
  assert.deepEqual(reached({}), [true, true, true, true]);
  assert.deepEqual(reached({ seconds: 10 }), [false, true, true, true]);
  assert.deepEqual(reached({}, { seconds: 15.1 }), [true, false, true, true]);
  assert.deepEqual(reached({}, { peakBytes: 1.1e9 }), [true, true, false, true]);
  assert.deepEqual(reached({ htmlBytes: 2e6 }), [true, true, true, false]);
  const unknown = reportFindings(1000, [{ html: { ...html, peakBytes: null }, pdf }]);
  assert.equal(unknown[2]!.ours, null);
});

Deno.test({
  name: "memory is that of a process with all that it started",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const child = new Deno.Command("sleep", { args: ["60"] }).spawn();
    const alone = treeBytes(child.pid)!;
    assert.ok(alone > 0);
    assert.ok(treeBytes(Deno.pid)! > alone);
    child.kill();
    await child.status;
    assert.equal(treeBytes(child.pid), null);
  },
});
