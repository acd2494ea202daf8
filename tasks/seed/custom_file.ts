import { createHash } from "node:crypto";
import { resolve } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { z } from "zod";
import { UsageError } from "../model/errors.ts";
import { hint } from "../model/suggest.ts";
import { importUserModule } from "../user_code/user_module.ts";
import type { ColumnGenerator, Customisation, LoadedCustomisation } from "./customisation.ts";

/**
 * Reads a customisation from its TypeScript or JavaScript file. Works in workers too, which cannot be sent
 * functions and therefore read the file again.
 *
 * @param path of the file, absolute or relative to `cwd`
 * @param expected the SHA-256 that the file had when it was first read, where it was
 * @throws {UsageError} naming the file and what is wrong with it: not there, not to be loaded, without a default
 * export, of another form, or changed since it was first read
 */
export async function loadCustomisation(
  path: string,
  cwd: string,
  expected?: string,
): Promise<LoadedCustomisation> {
  const file = resolve(cwd, path);
  const sha256 = createHash("sha256").update(await read(file)).digest("hex");
  if (expected !== undefined && sha256 !== expected) {
    throw new UsageError(
      `Cannot use ${file}: it was changed while rows were made by it`,
      "Begin again, and leave the file as it is until the end.",
    );
  }
  const { dataset, columns, distributions = {} } = validate(
    await importDefault(file, expected !== undefined),
    file,
  );
  return {
    dataset,
    columns,
    distributions: Object.fromEntries(
      Object.entries(distributions).map(([name, value]) => [name, String(value)]),
    ),
    path: file,
    sha256,
  };
}

async function read(file: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await Deno.readFile(file);
  } catch (error) {
    const state = error instanceof Deno.errors.NotFound
      ? "there is no such file"
      : error instanceof Deno.errors.IsADirectory
      ? "it is a folder"
      : (error as Error).message;
    throw new UsageError(
      `Cannot read the generators in ${file}: ${state}`,
      "Give the path of a TypeScript file; queries/generators/ has an example.",
      { cause: error },
    );
  }
}

/** @param tried whether it was loaded before in this task */
async function importDefault(file: string, tried: boolean): Promise<unknown> {
  let module: { default?: unknown };
  try {
    module = await importUserModule(file, { tried });
  } catch (error) {
    throw new UsageError(`Cannot load the generators in ${file}: ${briefly(error)}`, undefined, {
      cause: error,
    });
  }
  if (module.default === undefined) {
    throw new UsageError(
      `Cannot use the generators in ${file}: it has no default export`,
      "Write `export default { … } satisfies Customisation`.",
    );
  }
  return module.default;
}

/** A module's error without the excerpt that Deno draws under it, and with the place. */
function briefly(error: unknown): string {
  const text = stripVTControlCharacters(error instanceof Error ? error.message : String(error));
  const lines = text.split("\n").map((line) => line.trim());
  const place = lines.slice(1).findLast((line) => line.startsWith("at "));
  return place === undefined ? lines[0]! : `${lines[0]} ${place}`;
}

const generator = z.custom<ColumnGenerator>((value) => typeof value === "function", "must be a function");
const distribution = z.custom<number | readonly number[]>(
  (value) =>
    Number.isFinite(value) || Array.isArray(value) && value.length > 0 && value.every(Number.isFinite),
  "must be a number or a list of numbers",
);
const schema = z.strictObject({
  dataset: z.string("must be the name of a data set"),
  columns: z.record(z.string(), generator, "must be an object of generators by table.column"),
  distributions: z.record(z.string(), distribution, "must be an object of values by name").optional(),
}, { error: (issue) => issue.code === "invalid_type" ? "must be an object" : undefined });

/** @throws {UsageError} naming the file and the first faulty field */
function validate(value: unknown, file: string): Customisation {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  const field = issue.path.join(".") || "the default export";
  if (issue.code === "unrecognized_keys") {
    const typed = issue.keys[0]!;
    throw new UsageError(
      `Cannot use the generators in ${file}: ${field} has an unknown field "${typed}"`,
      hint(typed, Object.keys(schema.shape)),
    );
  }
  const current = issue.path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown>)[key], value);
  throw new UsageError(
    `Cannot use the generators in ${file}: ${field} ${issue.message}: it is ${
      Deno.inspect(current, { depth: 0 })
    }`,
    "The type Customisation in tasks/seed/customisation.ts describes every field.",
  );
}
