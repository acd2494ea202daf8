import assert from "node:assert/strict";
import { childrenOf } from "../stack/testing_freeze.ts";
import { withPostgres, withRedis } from "../stack/testing.ts";
import { SHORT, withWorkbench } from "./testing.ts";

const SECRET = "s3cr3t-of-hasura";

/** Processes that stem from one, also those whose parents have ended meanwhile, as far as they were seen. */
function watch(pid: number, look: (pid: number) => void): () => void {
  const known = new Set([pid]);
  const timer = setInterval(() => {
    for (const child of childrenOf(known)) {
      if (!known.has(child)) known.add(child);
      look(child);
    }
  }, 3);
  return () => clearInterval(timer);
}

Deno.test(
  { name: "no child of a bench or a report is told a password", ignore: Deno.build.os !== "linux" },
  () =>
    withPostgres((url) =>
      withRedis((redisUrl) =>
        withWorkbench(async (bench) => {
          const passwords = [url, redisUrl].map((text) => new URL(text).password);
          assert.ok(passwords.every((password) => password.length > 3));
          const env = {
            DATABASE_URL: url,
            REDIS_URL: redisUrl,
            PGPASSWORD: new URL(url).password,
            HASURA_GRAPHQL_ADMIN_SECRET: SECRET,
          };
          const seen = new Map<string, boolean>();
          for (const [task, args] of [["bench", [...SHORT, "--slo", "errors<1%"]], ["report", []]] as const) {
            const run = bench.start(task, args, env);
            const stop = watch(run.pid, (pid) => {
              try {
                const words = Deno.readTextFileSync(`/proc/${pid}/cmdline`).replaceAll("\0", " ");
                const told = Deno.readTextFileSync(`/proc/${pid}/environ`);
                // A child that has not yet become another program is still ours.
                if (words === "" || words.includes(`tasks/${task}.ts`)) return;
                const secret = [...passwords, SECRET].some((word) => `${words}${told}`.includes(word));
                seen.set(words, secret || seen.get(words) === true);
              } catch {
                // It has ended.
              }
            });
            const { code, stdout, stderr } = await run.result;
            stop();
            assert.ok(code === 0 || code === 4, stdout + stderr);
          }
          const programs = [...seen.keys()];
          for (const program of [/jupyter --kernel/, /chrom/i, /postgraphile/]) {
            assert.ok(programs.some((words) => program.test(words)), `${program} was not seen`);
          }
          assert.deepEqual(programs.filter((words) => seen.get(words)), []);
        })
      )
    ),
);
