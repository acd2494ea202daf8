import { pathToFileURL } from "node:url";
import { UsageError } from "../model/errors.ts";

/**
 * The default export of a scenario file.
 * @throws {UsageError} naming the file: not there, a folder, not to be loaded, or without a default export
 */
export async function importDefault(file: string): Promise<unknown> {
  const there = await Deno.stat(file).catch(() => null);
  if (there === null) throw new UsageError(`Cannot run the scenario file ${file}: there is no such file`);
  if (!there.isFile) {
    throw new UsageError(
      `Cannot run the scenario file ${file}: it is a folder`,
      "Give the path of a TypeScript file in it.",
    );
  }
  let module: { default?: unknown };
  try {
    module = await import(pathToFileURL(file).href);
  } catch (error) {
    throw new UsageError(`Cannot load the scenario file ${file}: ${(error as Error).message}`, undefined, {
      cause: error,
    });
  }
  if (module.default === undefined) {
    throw new UsageError(
      `Cannot use the scenario file ${file}: it has no default export`,
      "Write `export default { … } satisfies Scenario`.",
    );
  }
  return module.default;
}
