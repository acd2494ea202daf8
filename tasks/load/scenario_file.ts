import { noFile } from "../files/small_file.ts";
import { messageOf } from "../model/error_message.ts";
import { UsageError } from "../model/errors.ts";
import { importUserModule } from "../user_code/user_module.ts";

/** What a file is there for, and how its default export is written. */
export interface ModuleWords {
  readonly what: string;
  /** What messages call it, with its file; `what` and the file without it. */
  readonly called?: string;
  readonly example: string;
}

const SCENARIO: ModuleWords = {
  what: "scenario file",
  example: "Write `export default { … } satisfies Scenario`.",
};

/**
 * The default export of a scenario file, or of another one that is described.
 * @throws {UsageError} naming the file: not there, a folder, not to be loaded, or without a default export
 */
export async function importDefault(
  file: string,
  { what, called = `${what} ${file}`, example }: ModuleWords = SCENARIO,
): Promise<unknown> {
  const there = await Deno.stat(file).catch(() => null);
  if (there === null) throw new UsageError(`Cannot run the ${called}: there is no such file`);
  const none = noFile(there);
  if (none !== null) {
    throw new UsageError(
      `Cannot run the ${called}: it ${none}`,
      none === "is a folder"
        ? "Give the path of a TypeScript file in it."
        : "Give the path of a TypeScript file.",
    );
  }
  let module: { default?: unknown };
  try {
    module = await importUserModule(file);
  } catch (error) {
    throw new UsageError(`Cannot load the ${called}: ${messageOf(error)}`, undefined, { cause: error });
  }
  if (module.default === undefined) {
    throw new UsageError(
      `Cannot use the ${called}: it has no default export`,
      example,
    );
  }
  return module.default;
}
