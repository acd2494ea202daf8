import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { ExitCode } from "../model/errors.ts";
import { Key } from "../testing/pseudo_terminal.ts";
import type { Story } from "./story.ts";

/** What is done with services and with what lies around. */
export const STACK: readonly Story[] = [
  {
    promise: "doctor without a calibration is quick",
    typed: "deno task doctor --no-calibrate",
    ends: 0,
    judge({ stdout }) {
      assert.match(stdout, /PostgreSQL/);
      assert.doesNotMatch(stdout, /Calibrating/);
    },
  },
  {
    promise: "doctor says what is missing, exit code 3",
    typed: "deno task doctor --no-calibrate",
    env: { DATABASE_URL: "postgres://nobody:secret-word@127.0.0.1:9/nothing" },
    ends: ExitCode.service,
    judge({ said }) {
      assert.match(said, /DATABASE_URL/);
      assert.doesNotMatch(said, /secret-word/);
    },
  },
  {
    promise:
      "doctor --ledger catches each write that was lost, doubled, changed, swapped or reordered on purpose",
    typed: "deno task doctor --ledger",
    shown: "deno task doctor --ledger",
    ends: 0,
    judge({ stdout }) {
      assert.equal(stdout.match(/^\w+: .* 20 +20$/gm)?.length, 5);
      assert.match(stdout, /^none, 6,000 writes of 100 loads +0$/m);
    },
  },
  {
    promise: "down has nothing to stop, and says so",
    typed: "deno task down",
    ends: 0,
    judge: ({ stdout }) => assert.match(stdout, /^Nothing was running\.$/m),
  },
  {
    promise: "up starts what a scenario needs",
    typed: "deno task up smoke --scale tiny",
    ends: 0,
    keepsServices: true,
    judge: ({ stdout }) => assert.match(stdout, /^GraphiQL +http/m),
  },
  {
    promise: "what up prints leads other tasks there: a file for the shell",
    typed: '. "$BENCHBOOK_HOME/services.env" && export DATABASE_URL REDIS_URL GRAPHQL_URL && ' +
      'BENCHBOOK_HOME="$MINE/home" deno task bench smoke --scale tiny --duration 1500ms --warmup 300ms --no-report --json',
    ends: "pass",
    // Sessions of the server that it was led to.
    keepsServices: true,
    judge({ summary: { environment, run }, said }, { bench }) {
      assert.deepEqual(run.config.arms, ["sql", "graphql", "sql+cache"]);
      for (const { name, origin } of environment.services) assert.notEqual(origin, "embedded", name);
      const secret = Deno.readTextFileSync(join(bench.home, "secrets/postgres")).trim();
      assert.ok(!said.includes(secret));
    },
  },
  {
    promise: "logs lists the services that have one",
    typed: "deno task logs",
    ends: 0,
    judge: ({ stdout }) =>
      assert.deepEqual(stdout.trim().split("\n").sort(), ["graphql", "postgres", "redis"]),
  },
  {
    promise: "-n shows so many of the last lines",
    typed: "deno task logs postgres -n 1",
    ends: 0,
    judge: ({ stdout }) => assert.equal(stdout.trim().split("\n").length, 1),
  },
  {
    promise: "--lines is the same, and -f goes on until Ctrl-C",
    typed: "deno task logs postgres --lines 5 -f",
    ends: ExitCode.interrupted,
    async atTerminal(terminal) {
      await terminal.shows(/ready to accept connections|LOG:/);
      terminal.type(Key.ctrlC);
    },
    judge: ({ stdout }) => assert.match(stdout, /LOG:/),
  },
  {
    promise: "--follow is the long word for it",
    typed: "deno task logs redis --follow",
    ends: ExitCode.interrupted,
    async atTerminal(terminal) {
      await terminal.shows(/Ready to accept connections/i);
      terminal.type(Key.ctrlC);
    },
    judge: () => {},
  },
  {
    promise: "clean asks, and leaves everything where the answer is no",
    typed: "deno task clean",
    ends: 0,
    async atTerminal(terminal) {
      await terminal.shows(/Remove all of this\?/);
      terminal.type("n\n");
    },
    judge({ stdout }, { bench }) {
      assert.match(stdout, /Nothing was removed\./);
      assert.ok(existsSync(join(bench.home, "services.env")));
    },
  },
  {
    promise: "clean stops what runs and removes all that is local, with --yes unasked",
    typed: "deno task clean --yes",
    ends: 0,
    judge({ stdout }, { bench }) {
      assert.match(stdout, /^Removed\./m);
      assert.ok(!existsSync(bench.reports));
      assert.ok(!existsSync(join(bench.home, "postgres")));
      assert.ok(!existsSync(join(bench.home, "secrets")));
    },
  },
  {
    promise: "-y is the short word for it, and then nothing is left to remove",
    typed: "deno task clean -y",
    ends: 0,
    judge: ({ stdout }) => assert.match(stdout, /^There is nothing to remove\.$/m),
  },
  {
    promise: "Ctrl-C ends a run in order, exit code 130",
    typed: "deno task bench smoke --scale tiny --duration 60s --warmup 300ms --no-report",
    ends: ExitCode.interrupted,
    async atTerminal(terminal, { bench }) {
      await bench.measuring();
      terminal.type(Key.ctrlC);
    },
    judge: ({ summary }) => assert.equal(summary.run.status, "interrupted"),
  },
];
