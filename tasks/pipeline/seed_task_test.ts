import assert from "node:assert/strict";
import { join } from "node:path";
import process from "node:process";
import { withWorkbench } from "./testing.ts";
import { hashOf } from "./testing_seed.ts";

Deno.test("seeding from the command line", async (t) => {
  await withWorkbench(async (bench) => {
    await t.step("says what it needs, what it did with each table, and verifies it on request", async () => {
      const { code, stdout, stderr } = await bench.run("seed", ["--scale", "tiny", "--verify"]);
      assert.equal(code, 0, stdout + stderr);
      assert.match(stdout, /rows need about [\d.]+ MiB of disk, [\d.]+ GiB are free/);
      assert.match(stdout, /^orders +2,700 +[\d.]+ m?s +[\d,]+$/m);
      assert.match(stdout, /of memory at most/);
      assert.match(stdout, /^content +✓ +orders /m);
      assert.match(stdout, /^All \d+ checks hold\.$/m);
    });

    await t.step("the same again is said in one line, and changes nothing", async () => {
      const { code, stdout } = await bench.call("seed", ["--scale", "tiny"]);
      assert.equal(code, 0);
      assert.match(stdout, /^✔ Seed northwind tiny: already there, /m);
      assert.doesNotMatch(stdout, /rows\/s/);
    });

    await t.step("other counts live in a database of their own, beside the plain scale", async () => {
      const varied = await bench.call("seed", ["--scale", "tiny", "--customers", "50", "--orders", "200"]);
      assert.equal(varied.code, 0, varied.stderr);
      assert.match(varied.stdout, /^customers +50 /m);
      const plain = await bench.call("seed", ["--scale", "tiny"]);
      assert.match(plain.stdout, /already there/);
      assert.notEqual(hashOf(plain), hashOf(varied));
    });

    await t.step(
      "a file with generators of the user's own is used, and named where it is wrong",
      async () => {
        // A module is read once a process.
        const seedWith = async (folder: string, columns: string, ...args: string[]) => {
          const file = join(bench.home, folder, "mine.ts");
          await Deno.mkdir(join(bench.home, folder));
          await Deno.writeTextFile(file, `export default { dataset: "northwind", columns: { ${columns} } };`);
          return await bench.call("seed", ["--scale", "tiny", "--custom", file, ...args]);
        };
        const own = await seedWith(
          "right",
          `"products.unit_price": ({ integer }) => 5 + integer(3)`,
          "--verify",
        );
        assert.equal(own.code, 0, own.stdout + own.stderr);
        assert.match(own.stdout, /^content +✓ +products /m);
        assert.match(
          own.stdout,
          /distribution +\S +all +not judged beside columns of your own: products\.unit_price/,
        );
        const wrong = await seedWith("wrong", `"products.unit_price": () => "cheap"`);
        assert.equal(wrong.code, 2, wrong.stderr);
        assert.match(wrong.stderr, /mine\.ts for products\.unit_price.*"cheap"/s);
        assert.doesNotMatch(wrong.stderr, /\n\s+at /);
      },
    );
  }, { untouched: true });
});

Deno.test("a data set larger than the disk is refused before anything is begun, with what it needs", async () => {
  await withWorkbench(async (bench) => {
    const script = `mkdir -p "$DISK" && mount -t tmpfs -o size=1500m tmpfs "$DISK" || exit 99
      mkdir -m 711 "$DISK/home"; export BENCHBOOK_HOME="$DISK/home"
      "$DENO" run -A --quiet "$SEED" --scale full; echo "exit $?"`;
    const namespace = process.getuid!() === 0 ? ["-m"] : ["-Um", "--map-current-user", "--keep-caps"];
    const { stdout, stderr } = await new Deno.Command("unshare", {
      args: [...namespace, "sh", "-c", script],
      env: {
        DISK: join(bench.home, "disk"),
        DENO: Deno.execPath(),
        SEED: join(import.meta.dirname!, "../seed.ts"),
        DATABASE_URL: "",
        NO_COLOR: "1",
        COLUMNS: "1000",
      },
    }).output();
    const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    assert.match(
      said,
      /Cannot seed northwind full: it needs about [\d.]+ GiB of disk: [\d.]+ [GM]iB are free/,
    );
    assert.match(said, /^exit 3$/m);
  });
});
