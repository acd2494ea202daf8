import { dirname, extname, resolve } from "node:path";
import { z } from "zod";
import { readSmallText } from "../files/small_file.ts";
import { armCalled, type ArmOverrides } from "../model/arms.ts";
import { UsageError } from "../model/errors.ts";
import { BALANCERS, MOST_INSTANCES } from "../model/scaling.ts";
import { checkedUrl } from "../model/service_url.ts";
import { hint } from "../model/suggest.ts";
import { findPath, PATHS } from "../paths/registry.ts";
import { readChange } from "./arm_change.ts";
import { whyNoSetting } from "./arm_session.ts";
import { checkedForm } from "./checked_form.ts";
import { wholeFrom } from "./field_words.ts";
import { importDefault } from "./scenario_file.ts";

const WORDS = {
  what: "arm file",
  next: "docs/options.md describes every field of an arm's file.",
  isSecret: (field: string) => field === "" || field.endsWith("Url"),
};
const EXAMPLE = 'Write like `export default { path: "sql", session: { work_mem: "64MB" } }`.';

/** What the URLs of services may begin with. */
const PROTOCOLS = {
  databaseUrl: ["postgres:", "postgresql:"],
  redisUrl: ["redis:", "rediss:"],
  graphqlUrl: ["http:", "https:"],
} as const;

/** What begins a session is one packet, which the server reads before it knows who asks. */
const MOST_SETTINGS = 100;
const MOST_CHARACTERS = 8192;

const text = z.string().min(1);
const form = z.strictObject({
  path: text.optional(),
  databaseUrl: text.optional(),
  redisUrl: text.optional(),
  graphqlUrl: text.optional(),
  queries: text.optional(),
  session: z.record(
    z.string().regex(/^[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)?$/i, "must be the name of a setting"),
    z.union([z.string(), z.number(), z.boolean()], "must be a text, a number, true or false"),
  ).optional(),
  settings: z.record(z.string(), z.union([z.string(), z.number()], "must be a number, or a word"))
    .optional(),
  instances: wholeFrom(1, MOST_INSTANCES).optional(),
  balancer: z.enum(BALANCERS).optional(),
});

/** An arm that a file describes. */
interface ArmWithFile {
  readonly name: string;
  readonly file: string;
}

/**
 * What an arm's file says; a folder of queries is found from where the file lies.
 * @param name of the arm
 * @param file ends with .json or .ts, or with .sql where it is a change of the database
 * @throws {UsageError} naming the file and the first faulty field; never with a password
 */
export async function readArmFile(name: string, file: string): Promise<ArmOverrides> {
  const called = armCalled(name, file);
  const fault = (what: string, next = WORDS.next) =>
    new UsageError(`Cannot use the ${called}: ${what}`, next);
  if (extname(file) === ".sql") return { change: await readChange(file) };
  const content = await contentOf(file, called);
  const given = checkedForm(form, content, { ...WORDS, file, called }) as ArmOverrides;
  if (given.path !== undefined && findPath(given.path) === undefined) {
    throw fault(`path: there is no path "${given.path}"`, hint(given.path, PATHS));
  }
  const urls: Record<string, string> = {};
  for (const [field, protocols] of Object.entries(PROTOCOLS)) {
    const url = given[field as keyof typeof PROTOCOLS];
    try {
      if (url !== undefined) urls[field] = checkedUrl(field, url, protocols);
    } catch (error) {
      throw inArmFile({ name, file }, error);
    }
  }
  const session = Object.entries(given.session ?? {});
  if (session.length > MOST_SETTINGS || JSON.stringify(session).length > MOST_CHARACTERS) {
    throw fault(
      `session: must have at most ${MOST_SETTINGS} settings and ${MOST_CHARACTERS} characters`,
      "Set what is to be compared, and the rest at the role or the database.",
    );
  }
  for (const [name, value] of session) {
    const why = whyNoSetting(name);
    if (why !== null) throw fault(`session.${name}: ${why}`, "Leave it out.");
    if (String(value).includes("\0")) throw fault(`session.${name}: holds a zero byte`);
  }
  return { ...given, ...urls };
}

/** Where the queries of an arm lie. @param file of the arm */
export function queriesOf(file: string, { queries }: ArmOverrides): string | null {
  return queries === undefined ? null : resolve(dirname(resolve(file)), queries);
}

/** A mistake with the arm and the file that it is in; any other error as it is. */
export function inArmFile({ name, file }: ArmWithFile, error: unknown): unknown {
  if (!(error instanceof UsageError)) return error;
  return new UsageError(`Cannot use the ${armCalled(name, file)}: ${withinFile(error.message)}`, error.next);
}

/** What a message says of a setting or a file, as part of one that has said already that the arm cannot be used. */
function withinFile(message: string): string {
  return message
    .replace(
      /^Cannot set ("?)(\w+)\1( as |: |=)/,
      (_, __, key, then) => `settings.${key}${then === " as " ? ": must be " : then}`,
    )
    .replace(/^Cannot use (\w+) as a URL: /, "$1 cannot be used as a URL: ")
    .replace(/^Cannot use (.+?) as SQL: /, "$1 is no SQL: ")
    .replace(/^Cannot use (.+?): /, "$1: ")
    .replace(/^Cannot (read|run) (.+?)( as a read)?: /, "$2 cannot be $1$3: ")
    .replace(/^Cannot /, "cannot ");
}

async function contentOf(file: string, called: string): Promise<unknown> {
  switch (extname(file)) {
    case ".ts":
      return await importDefault(resolve(file), { what: WORDS.what, called, example: EXAMPLE });
    case ".json":
      return parsed(file, called);
    default:
      throw new UsageError(
        `Cannot use the ${called}: it must end with .json, .ts or .sql`,
        "An arm without a file, like --arm twin=, is a twin of the baseline.",
      );
  }
}

function parsed(file: string, called: string): unknown {
  try {
    return JSON.parse(readSmallText(file));
  } catch (error) {
    const why = error instanceof Deno.errors.NotFound ? "there is no such file" : (error as Error).message;
    // The parser repeats what it stumbled over, which may be a password.
    const safe = error instanceof SyntaxError ? "it is no JSON" : why;
    throw new UsageError(`Cannot read the ${called}: ${safe}`, undefined, { cause: error });
  }
}
