import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { findProgram } from "../stack/programs.ts";
import { placeHaproxy } from "../stack/testing_haproxy.ts";
import { rowsOf } from "./seen.ts";
import { SHORT, SUMMARY } from "./short.ts";
import type { Place, Story } from "./story.ts";

/** Programs that a user names: each notes that it was started, and does what it is named after. */
export const PROGRAMS: readonly Story[] = [
  {
    promise: "REDIS_SERVER names the server that is started",
    typed: `REDIS_SERVER="$MINE/redis" deno task bench smoke --paths sql+cache ${SUMMARY}`,
    prepare(place) {
      const unpacked = join(place.bench.home, "redis/root");
      const own = findProgram("redis-server", "valkey-server");
      const libraries = own === null ? librariesIn(unpacked) : "";
      writeProgram(place, "redis", own ?? join(unpacked, "usr/bin/redis-server"), libraries);
    },
    ends: "pass",
    judge({ summary }, { mine }) {
      assert.ok(existsSync(join(mine, "redis.started")));
      assert.ok(summary.environment.services.some(({ name, available }) => name === "redis" && available));
    },
  },
  {
    promise: "HAPROXY names the balancer that is started before the instances of GraphQL",
    typed: 'HAPROXY="$MINE/haproxy" deno task bench smoke --paths graphql --set graphql_instances=2 ' +
      `--set balancer=haproxy ${SUMMARY}`,
    async prepare(place) {
      const found = await placeHaproxy(place.bench.home);
      writeProgram(place, "haproxy", found.command, found.libraries ?? "");
    },
    ends: "pass",
    judge({ summary: { environment, run } }, { mine }) {
      assert.ok(existsSync(join(mine, "haproxy.started")));
      assert.deepEqual(
        environment.services.filter(({ name }) => name !== "postgres" && name !== "redis")
          .map(({ instance, available }) => [instance, available]),
        [["graphql", true], ["graphql-2", true], ["haproxy", true]],
      );
      const { graphql_instances, balancer } = run.config.settings;
      assert.deepEqual([graphql_instances, balancer], [2, "haproxy"]);
    },
  },
  {
    promise: "CHROME_PATH names the browser that prints the PDF",
    typed: `CHROME_PATH="$MINE/chrome" deno task bench smoke --paths sql ${SHORT}`,
    async prepare(place) {
      // A first report unpacks the browser that comes along, for all homes of tests.
      const own = findProgram("chromium", "google-chrome", "chromium-browser", "chrome");
      const unpacked = join(place.bench.home, "chromium");
      if (own === null && unpackedChromium(unpacked) === null) {
        await place.type(`deno task bench smoke --paths sql ${SHORT}`);
      }
      writeProgram(place, "chrome", own ?? unpackedChromium(unpacked)!);
    },
    ends: "pass",
    judge(_, { mine }) {
      assert.ok(existsSync(join(mine, "chrome.started")));
    },
  },
  {
    promise: "BENCHBOOK_HOME and BENCHBOOK_REPORTS say where everything lies",
    typed: 'BENCHBOOK_HOME="$MINE/home" BENCHBOOK_REPORTS="$MINE/out" ' +
      `deno task bench smoke --paths sql ${SHORT} --no-pdf`,
    ends: "pass",
    judge(_, { mine }) {
      assert.ok(existsSync(join(mine, "home/.benchbook-home")));
      assert.ok(existsSync(join(mine, "out/benchbook.duckdb")));
      assert.ok(existsSync(join(mine, "out/index.html")));
    },
  },
  {
    promise: "BENCHBOOK_THREAD_MIGRATION=off keeps generator threads where the kernel puts them",
    typed: `BENCHBOOK_THREAD_MIGRATION=off deno task bench smoke --paths sql ${SUMMARY}`,
    ends: "pass",
    async judge({ summary }) {
      const values = await rowsOf<{ value: number }>(
        summary,
        "SELECT DISTINCT value FROM sample WHERE run_id = $run AND metric IN ('thread_migration', 'thread_moves')",
      );
      assert.deepEqual(values, [{ value: 0 }]);
    },
  },
];

function writeProgram({ mine }: Place, name: string, program: string, libraries = ""): void {
  const lines = [
    "#!/bin/sh",
    `touch '${join(mine, name)}.started'`,
    ...(libraries === "" ? [] : [`export LD_LIBRARY_PATH='${libraries}'`]),
    `exec '${program}' "$@"`,
  ];
  Deno.writeTextFileSync(join(mine, name), `${lines.join("\n")}\n`, { mode: 0o755 });
}

/** The first folder of shared libraries in unpacked packages. */
function librariesIn(root: string): string {
  const lib = join(root, "usr/lib");
  for (const { name } of Deno.readDirSync(lib)) if (name.includes("-linux-")) return join(lib, name);
  return lib;
}

/** It lies in a folder of its version. */
function unpackedChromium(folder: string): string | null {
  for (const { name } of Deno.readDirSync(folder)) {
    if (existsSync(join(folder, name, "chromium"))) return join(folder, name, "chromium");
  }
  return null;
}
