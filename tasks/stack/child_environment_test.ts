import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import { childEnvironment } from "./child_environment.ts";
import { runProgram } from "./programs.ts";

/** Where services are, and their passwords, as users tell it. */
const TOLD = {
  DATABASE_URL: "postgres://u:s3cr3t@h/d",
  STAGING_DATABASE_URL: "postgres://u:s3cr3t@h/d",
  REDIS_URL: "redis://:s3cr3t@h",
  GRAPHQL_URL: "http://u:s3cr3t@h/graphql",
  TARGET_DATABASE_URL: "postgres://u:s3cr3t@h/d",
  HASURA_GRAPHQL_ADMIN_SECRET: "s3cr3t",
  PGPASSWORD: "s3cr3t",
};

async function withTold(use: () => Promise<void>): Promise<void> {
  const before = Deno.env.toObject();
  for (const [name, value] of Object.entries(TOLD)) Deno.env.set(name, value);
  try {
    await use();
  } finally {
    for (const name of Object.keys(TOLD)) {
      if (before[name] === undefined) Deno.env.delete(name);
      else Deno.env.set(name, before[name]);
    }
  }
}

Deno.test("a program that we start is told nothing of the user's services", () =>
  withTold(async () => {
    const { code, stdout } = await runProgram("env", [], { env: { MORE: "1" } });
    assert.equal(code, 0);
    assert.match(stdout, /^MORE=1$/m);
    assert.match(stdout, /^PATH=/m);
    assert.ok(!stdout.includes("s3cr3t"), stdout);
    assert.equal(childEnvironment({}, { postgres: true }).PGPASSWORD, "s3cr3t");
    assert.equal(childEnvironment({}, { postgres: true }).DATABASE_URL, undefined);
  }));

Deno.test("whatever starts a program says what that is told", () => {
  const root = resolve(import.meta.dirname!, "..");
  // They run tests and checks of a checkout, which are told what they are told.
  const passedOn = ["run_tests.ts", "doc_lint.ts"];
  // Tests' own; stories type what a user types into a shell.
  const tests = ["testing", "stories"].map((name) => join(root, name));
  const silent: string[] = [];
  const look = (folder: string) => {
    for (const { name, isDirectory } of Deno.readDirSync(folder)) {
      const path = join(folder, name);
      if (isDirectory) look(path);
      if (!name.endsWith(".ts") || /_test\.ts$|^testing/.test(name) || passedOn.includes(name)) continue;
      if (tests.some((folder) => path.startsWith(folder))) continue;
      const text = Deno.readTextFileSync(path);
      const started = text.match(/new Deno\.Command\(/g)?.length ?? 0;
      if (started > (text.match(/clearEnv: true/g)?.length ?? 0)) silent.push(path);
    }
  };
  look(root);
  assert.deepEqual(silent, []);
});
