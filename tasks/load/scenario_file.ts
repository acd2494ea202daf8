import { pathToFileURL } from "node:url";
import { UsageError } from "../model/errors.ts";

/**
 * The default export of a scenario file.
 * @throws {UsageError} naming the file: not there, not to be loaded, or without a default export
 */
export async function importDefault(file: string): Promise<unknown> {
  try {
    await Deno.stat(file);
  } catch {
    throw new UsageError(`Cannot run the scenario file ${file}: there is no such file`);
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
