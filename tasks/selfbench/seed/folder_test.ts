import assert from "node:assert/strict";
import { join } from "node:path";
import process from "node:process";
import { reachableDir } from "../../stack/places.ts";
import { withTempHome } from "../../stack/testing.ts";
import { withServerFolder } from "./folder.ts";

Deno.test("the folder is empty, open to other users where the home is, and gone afterwards", async () => {
  await withTempHome(async (home) => {
    const left = join(home, "selfbench");
    const before = [...Deno.readDirSync(home)];
    Deno.mkdirSync(left);
    Deno.writeTextFileSync(join(left, "northwind.orders.copy"), "");
    await withServerFolder(home, false, (folder) => {
      assert.equal(folder, left);
      assert.deepEqual([...Deno.readDirSync(folder)], []);
      assert.equal(Deno.statSync(folder).mode! & 0o777, 0o711);
      Deno.writeTextFileSync(join(folder, "orders.copy"), "1\n");
      return Promise.resolve();
    });
    assert.deepEqual([...Deno.readDirSync(home)], before);
  });
});

Deno.test("a home that is closed to others is left for a folder outside, unless the server is us", async () => {
  await withTempHome(async (home) => {
    Deno.chmodSync(home, 0o700);
    await withServerFolder(
      home,
      true,
      (folder) => Promise.resolve(assert.equal(folder, join(home, "selfbench"))),
    );
    const outside = `${reachableDir(home)}-selfbench`;
    await assert.rejects(
      withServerFolder(home, false, (folder) => {
        assert.equal(folder, outside);
        throw new Error("failed in the middle");
      }),
      /failed in the middle/,
    );
    assert.throws(() => Deno.lstatSync(outside), Deno.errors.NotFound);
  });
});

Deno.test({
  name: "what another user put under that name is refused and left alone",
  // Only root can make something that belongs to another.
  ignore: process.getuid?.() !== 0,
  fn: () =>
    withTempHome(async (home) => {
      const folder = join(home, "selfbench");
      Deno.mkdirSync(folder);
      Deno.chownSync(folder, 65534, 65534);
      await assert.rejects(withServerFolder(home, false, () => Promise.resolve()), {
        name: "ServiceError",
        message: /it belongs to user id 65534/,
      });
      assert.ok(Deno.statSync(folder).isDirectory);
    }),
});

Deno.test("what a user keeps there is refused and left alone", () =>
  withTempHome(async (home) => {
    const thesis = join(home, "selfbench", "thesis.tex");
    Deno.mkdirSync(join(home, "selfbench"));
    Deno.writeTextFileSync(thesis, "mine");
    await assert.rejects(withServerFolder(home, true, () => Promise.resolve()), {
      name: "ServiceError",
      message: /it holds thesis\.tex, which is not Benchbook's/,
    });
    assert.equal(Deno.readTextFileSync(thesis), "mine");
  }));
