import type { Command } from "commander";
import type { Config } from "../config.ts";
import type { ExitCode } from "../model/errors.ts";
import { checkHome } from "../stack/home.ts";
import { command } from "../terminal/command.ts";
import { addLintOptions, type LintArguments } from "./lint_options.ts";
import { addProbeOptions, type ProbeArguments, probeRequest } from "./probe_options.ts";

/** A task of its own under the name of `migrate`. */
export interface MigratePart {
  readonly make: () => Command;
  readonly run: (task: Command, config: Config) => Promise<ExitCode>;
}

/** The first word behind `migrate` names it. */
export const MIGRATE_PARTS: Readonly<Record<string, MigratePart>> = {
  probe: {
    make: () =>
      addProbeOptions(
        command("migrate probe", "Watch your own switch-over: pauses, errors, connections, lost writes."),
      ),
    async run(task, config) {
      checkHome(config.home);
      const request = await probeRequest(task.opts<ProbeArguments>(), config);
      const { probe } = await import("./probe_task.ts");
      return await probe(request, config);
    },
  },
  lint: {
    make: () =>
      addLintOptions(
        command(
          "migrate lint",
          "Say what a change would lock, and what it would do meanwhile, without making it.",
        ),
      ),
    async run(task, config) {
      const { lint } = await import("./lint_task.ts");
      return await lint(task.args, task.opts<LintArguments>(), config);
    },
  },
};
