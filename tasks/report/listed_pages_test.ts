import assert from "node:assert/strict";
import { join } from "node:path";
import { readConfig } from "../config.ts";
import { withTempHome } from "../stack/testing.ts";
import { withTempDir } from "../store/testing.ts";
import { listedPages } from "./listed_pages.ts";

Deno.test("of the kept lists the oldest go, and what somebody else put beside them stays", async () => {
  await withTempHome(async (home) => {
    await withTempDir(async (reports) => {
      const { root } = readConfig();
      await listedPages({ root, reports, home });
      const lists = join(home, "lists");
      const [own] = [...Deno.readDirSync(lists)].map(({ name }) => name);
      const put = (name: string) => {
        Deno.writeTextFileSync(join(lists, name), "");
        Deno.utimeSync(join(lists, name), 1, 1);
        return name;
      };
      const theirs = Array.from({ length: 30 }, (_, n) => put(`mine-${n}.txt`));
      for (let n = 0; n < 25; n++) put(`${String(n).padStart(64, "0")}.json`);
      Deno.removeSync(join(lists, own!));
      await listedPages({ root, reports, home });
      const left = [...Deno.readDirSync(lists)].map(({ name }) => name);
      assert.deepEqual(theirs.filter((name) => !left.includes(name)), []);
      assert.equal(left.length - theirs.length, 20);
      assert.ok(left.includes(own!));
    });
  });
});
