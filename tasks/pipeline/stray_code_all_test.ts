import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { SHORT, withWorkbench } from "./testing.ts";
import { servicesOf, storedRuns } from "./testing_interrupt.ts";

Deno.test("a generator of the user's that leaves or rejects by itself ends the seeding in order", () =>
  withWorkbench(async (bench) => {
    const bodies: [body: string, said: RegExp][] = [
      ["setTimeout(() => Deno.exit(0)); return 7;", /mine\.ts: outside of .* it calls Deno\.exit\(\)/],
      [
        'Promise.reject(new Error("no luck")); return 7;',
        /mine\.ts: outside of .* it throws: no luck at file:/,
      ],
      ["Deno.exit(0);", /mine\.ts for products\.unit_price, row 0: .*it calls Deno\.exit\(\)/],
    ];
    const file = join(bench.home, "mine.ts");
    for (const [body, said] of bodies) {
      for (const workers of ["1", "2"]) {
        await Deno.writeTextFile(
          file,
          `export default { dataset: "northwind", columns: { "products.unit_price": () => { ${body} } } };`,
        );
        const { code, stderr } = await bench.run("seed", [
          ...["--scale", "tiny", "--workers", workers, "--custom", file],
        ]);
        assert.equal(code, 2, stderr);
        assert.match(stderr, said);
        assert.doesNotMatch(stderr, /Interrupted|ext:/);
        assert.deepEqual(servicesOf(bench), []);
      }
    }
  }));

Deno.test("a scenario of the user's that throws in mid-run ends it in order, and what was measured is kept", () =>
  withWorkbench(async (bench) => {
    const [file, flag] = ["mine.ts", "now"].map((name) => join(bench.home, name));
    const smoke = pathToFileURL(join(import.meta.dirname!, "../../queries/scenarios/smoke.ts")).href;
    await Deno.writeTextFile(
      file!,
      `export { default } from ${JSON.stringify(smoke)};
      console.log("said by the module");
      setInterval(() => { try { Deno.statSync(${JSON.stringify(flag)}) } catch { return }
        throw new Error("in mid-run") }, 20);`,
    );
    const run = bench.start("bench", [...SHORT, file!, "--duration", "60s", "--paths", "sql", "--json"]);
    await bench.measuring();
    await Deno.writeTextFile(flag!, "");
    const { code, stdout, stderr } = await run.result;
    assert.equal(code, 2, stderr);
    assert.match(stderr, /^error: Cannot go on with .*mine\.ts: .* it throws: in mid-run at file:/m);
    assert.doesNotMatch(stdout, /said by the module/);
    assert.match(stderr, /^said by the module$/m);
    assert.deepEqual(servicesOf(bench), []);
    const [stored] = await storedRuns(bench);
    assert.equal(stored!.status, "interrupted");
    assert.ok(stored!.rows > 0);
  }));
