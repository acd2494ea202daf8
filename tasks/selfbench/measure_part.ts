import type { Config } from "../config.ts";
import { interruptSignal } from "../pipeline/interrupt.ts";
import { startStack } from "../pipeline/prepare.ts";
import type { PathName } from "../model/operation.ts";
import { acquireLock } from "../stack/lock.ts";
import { prepareHome } from "../stack/places.ts";
import { temporaryFolder } from "../files/temporary.ts";
import type { Stack } from "../stack/services.ts";
import { sayJson } from "../terminal/command.ts";
import { openTerminal, type Terminal } from "../terminal/terminal.ts";
import type { Finding, Findings } from "./finding.ts";
import { findingsText } from "./finding_text.ts";
import { machineFacts } from "./machine.ts";

/** Where a part measures. */
export interface PartContext {
  readonly config: Config;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
  /** For files; removed afterwards. */
  readonly dir: string;
  readonly stack: Stack;
}

/** What a part found. */
export interface PartFindings {
  readonly findings: readonly Finding[];
  readonly notMeasured: readonly string[];
}

/**
 * Measures a part on a stack and in a folder that end with it, and prints what it found.
 * @param paths that need services
 */
export async function measurePart(
  part: string,
  { json, config }: { readonly json: boolean; readonly config: Config },
  paths: readonly PathName[],
  measure: (context: PartContext) => Promise<PartFindings>,
): Promise<void> {
  const terminal = openTerminal({ json });
  const before = machineFacts(null);
  using folder = temporaryFolder(`benchbook-selfbench-${part}-`);
  await onStack(part, { config, terminal }, paths, async (stack, signal) => {
    const found = await measure({ config, terminal, signal, dir: folder.path, stack });
    const machine = { ...before, postgres: stack.postgres.version };
    const result: Findings = { part, ...found, machine };
    terminal.print(`\n${findingsText(result, terminal.width.columns)}`);
    if (json) sayJson(result);
  });
}

/** Gives `use` a stack that ends with it, in a home that is nobody else's meanwhile. @param paths that need services */
export async function onStack<T>(
  part: string,
  { config, terminal }: Pick<PartContext, "config" | "terminal">,
  paths: readonly PathName[],
  use: (stack: Stack, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  prepareHome(config.home);
  using _lock = acquireLock(config.home, `selfbench ${part}`);
  using interrupt = interruptSignal(config.home);
  const { signal } = interrupt;
  await using stack = await startStack(config, paths.map((path) => ({ path })), terminal, signal);
  return await use(stack, signal);
}
