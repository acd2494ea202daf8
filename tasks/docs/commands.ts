import type { Command } from "commander";
import { MIGRATE_PARTS } from "../pipeline/migrate_parts.ts";

/** A task that has a command line. */
export interface TaskCommand {
  /** The name of its entry point in tasks/, without its ending. */
  readonly file: string;
  /** What is typed behind the task's name to have it; absent: nothing. */
  readonly words?: readonly string[];
  readonly make: () => Command;
}

/** The command lines of the tasks of deno.json, by their names: what a task's file exports as `…Command`, and its parts. */
export async function commands(root: string): Promise<Readonly<Record<string, TaskCommand>>> {
  const { tasks } = JSON.parse(await Deno.readTextFile(`${root}/deno.json`)) as {
    tasks: Record<string, { command: string }>;
  };
  const found = await Promise.all(
    Object.entries(tasks).map(async ([name, { command }]) => {
      const [, file] = /^deno run [^&]*tasks\/(\w+)\.ts$/.exec(command) ?? [];
      const text = file === undefined ? "" : await Deno.readTextFile(`${root}/tasks/${file}.ts`);
      const [, exported] = /^export function (\w+Command)\(/m.exec(text) ?? [];
      // A file without one is not imported: it may do its work at once.
      return exported === undefined
        ? []
        : [[name, { file: file!, make: await made(file!, exported) }] as const];
    }),
  );
  const parts = Object.entries(MIGRATE_PARTS).map(([name, { make }]) =>
    [`migrate ${name}`, { file: "migrate", words: [name], make }] as const
  );
  return Object.fromEntries([...found.flat(), ...parts]);
}

async function made(file: string, exported: string): Promise<() => Command> {
  const module = await import(new URL(`../${file}.ts`, import.meta.url).href) as Record<
    string,
    () => Command
  >;
  return module[exported]!;
}
