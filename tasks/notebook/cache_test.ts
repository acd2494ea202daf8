import assert from "node:assert/strict";
import { cacheKey, hashSources, runCached } from "./cache.ts";
import { NotebookError } from "./run.ts";
import { code, temporaryDirectory, writeNotebook } from "./testing.ts";

Deno.test("a notebook runs again only when it, its parameters, its data or its sources changed", async () => {
  await using directory = await temporaryDirectory();
  const cells = (word: string) => [
    code('let run = "";', "parameters"),
    code(`Deno.writeTextFileSync("ran", "x", { append: true }); "${word}" + run`),
  ];
  const file = await writeNotebook(directory.path, "a.ipynb", ...cells("first"));
  const base = {
    file,
    parameters: { run: "1" },
    timeoutMs: 60_000,
    cache: `${directory.path}/cache`,
    data: "d1",
    sources: "s1",
  };
  const times = async () => (await Deno.readTextFile(`${directory.path}/ran`)).length;
  const fresh = await runCached(base);
  const again = await runCached(base);
  assert.deepEqual([fresh.cached, again.cached, await times()], [false, true, 1]);
  assert.deepEqual(again.cells, fresh.cells);
  for (const change of [{ parameters: { run: "2" } }, { data: "d2" }, { sources: "s2" }]) {
    assert.equal((await runCached({ ...base, ...change })).cached, false);
  }
  await writeNotebook(directory.path, "a.ipynb", ...cells("second"));
  const changed = await runCached(base);
  assert.deepEqual(changed.cells.at(-1)!.outputs, [{ mime: { "text/plain": '"second1"' } }]);
  assert.equal(await times(), 5);
  // A damaged entry is as good as none.
  for await (const { name } of Deno.readDir(base.cache)) {
    await Deno.writeTextFile(`${base.cache}/${name}`, "{");
  }
  assert.equal((await runCached(base)).cached, false);
});

Deno.test("what lies beside the parameters reaches a notebook that declares it, and does not make it run again", async () => {
  await using directory = await temporaryDirectory();
  const file = await writeNotebook(
    directory.path,
    "a.ipynb",
    code('let run = "";\nlet prepared = "";', "parameters"),
    code("run + prepared"),
  );
  const options = { file, timeoutMs: 60_000, cache: `${directory.path}/cache`, data: "d", sources: "s" };
  let asked = 0;
  const runBeside = (prepared: string) =>
    runCached({
      ...options,
      parameters: { run: "1" },
      beside: () => Promise.resolve({ prepared, unknown: asked++ }),
    });
  const fresh = await runBeside("-one");
  assert.deepEqual(fresh.cells.at(-1)!.outputs, [{ mime: { "text/plain": '"1-one"' } }]);
  assert.deepEqual(fresh.parameters, { run: "1" });
  const again = await runBeside("-two");
  assert.deepEqual([again.cached, again.cells, asked], [true, fresh.cells, 1]);
});

Deno.test("a failure is not cached, and an unwritable cache does not matter", async () => {
  await using directory = await temporaryDirectory();
  const cache = `${directory.path}/cache`;
  const options = { parameters: {}, timeoutMs: 60_000, cache, data: "", sources: "" };
  const bad = await writeNotebook(directory.path, "bad.ipynb", code('throw new Error("no")'));
  for (let i = 0; i < 2; i++) await assert.rejects(runCached({ ...options, file: bad }), NotebookError);
  await Deno.writeTextFile(cache, "a file where the directory should be");
  const good = await writeNotebook(directory.path, "good.ipynb", code("1"));
  assert.equal((await runCached({ ...options, file: good })).cached, false);
});

Deno.test("the key does not depend on the order of parameters, and parts do not run together", () => {
  const parts = { notebook: "n", parameters: { a: 1, b: 2 }, data: "d", sources: "s" };
  assert.equal(cacheKey(parts), cacheKey({ ...parts, parameters: { b: 2, a: 1 } }));
  assert.notEqual(cacheKey(parts), cacheKey({ ...parts, data: "", sources: "ds" }));
  assert.notEqual(cacheKey(parts), cacheKey({ ...parts, parameters: { a: "1", b: 2 } }));
});

Deno.test("the hash of sources follows content and names, wherever the checkout lies, without tests", async () => {
  await using one = await temporaryDirectory();
  await using two = await temporaryDirectory();
  for (const { path } of [one, two]) {
    await Deno.mkdir(`${path}/charts`);
    await Deno.writeTextFile(`${path}/charts/a.ts`, "a");
    await Deno.writeTextFile(`${path}/deno.lock`, "{}");
  }
  const hash = (path: string) => hashSources(path, ["charts", "deno.lock"]);
  const before = await hash(one.path);
  assert.equal(await hash(two.path), before);
  await Deno.writeTextFile(`${one.path}/charts/a_test.ts`, "test");
  assert.equal(await hash(one.path), before);
  await Deno.rename(`${one.path}/charts/a.ts`, `${one.path}/charts/b.ts`);
  assert.notEqual(await hash(one.path), before);
});
