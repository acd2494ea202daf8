import assert from "node:assert/strict";
import { siteFindings } from "./site.ts";
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

Deno.test("a site's goals are two seconds for its list and for a second publish, and a megabyte", () => {
  const site = { indexSeconds: 1.9, indexBytes: 9e5, againSeconds: 1.9 };
  const reached = (given: Partial<typeof site>) =>
    siteFindings(1000, [site, { ...site, ...given }]).map(({ reached }) => reached);
  assert.deepEqual(reached({}), [true, true, true]);
  assert.deepEqual(reached({ indexSeconds: 2 }), [false, true, true]);
  assert.deepEqual(reached({ indexBytes: 1e6 }), [true, false, true]);
  assert.deepEqual(reached({ againSeconds: 2.1 }), [true, true, false]);
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
