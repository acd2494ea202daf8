import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import { childEnvironment } from "../stack/child_environment.ts";

const root = resolve(import.meta.dirname!, "../..");
const LENGTH = 10_000_000;
/** MB of JavaScript's heap: the trees of all of a file of 10 MB together take more. */
const HEAP = 512;

/** Statements one after another, up to so many characters. */
function repeated(statement: (at: number) => string): string {
  const parts: string[] = [];
  for (let length = 0, at = 0; length < LENGTH; at++) {
    parts.push(statement(at));
    length += parts.at(-1)!.length;
  }
  return parts.join("");
}

/** Files of 10 MB. */
const LONG: Readonly<Record<string, string>> = {
  "many tables that refer to one another": repeated((at) =>
    `CREATE TABLE shop.t${at} (id bigint PRIMARY KEY, other bigint REFERENCES shop.t${
      Math.max(0, at - 1)
    });\n`
  ),
  "one statement, which is too long": `INSERT INTO shop.orders VALUES ${
    repeated((at) => `(${at}, 'a;b'),\n`)
  }(1, 'c');\n`,
};

for (const [what, sql] of Object.entries(LONG)) {
  Deno.test(`a file of 10 MB is read to its end within bounded memory: ${what}`, async () => {
    const folder = Deno.makeTempDirSync();
    try {
      const file = join(folder, "long.sql");
      Deno.writeTextFileSync(file, `${sql}UPDATE shop.orders SET note = '';`);
      const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: [
          "run",
          "-A",
          "--quiet",
          `--v8-flags=--max-old-space-size=${HEAP}`,
          "tasks/migrate.ts",
          "lint",
          file,
        ],
        cwd: root,
        env: { ...childEnvironment(), DATABASE_URL: "" },
        clearEnv: true,
      }).output();
      assert.equal(code, 1, new TextDecoder().decode(stderr).slice(-500));
      assert.match(new TextDecoder().decode(stdout), /blocking all-rows: All rows of shop\.orders/);
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  });
}
