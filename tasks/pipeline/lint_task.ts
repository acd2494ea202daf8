import { type Config, VERSION } from "../config.ts";
import { Catalogue } from "../lint/catalogue.ts";
import { NEWEST } from "../lint/effects.ts";
import { type DatabaseFacts, readFacts } from "../lint/facts.ts";
import { lintFiles } from "../lint/files.ts";
import { lintJson } from "../lint/json.ts";
import { Linter } from "../lint/linter.ts";
import { lintSarif } from "../lint/sarif.ts";
import { readSizes } from "../lint/sizes_file.ts";
import { ExitCode } from "../model/errors.ts";
import { countedLevels, type LintedStatement, type LintReport } from "../model/lint.ts";
import { connectClient } from "../postgres/client.ts";
import { factsOf, type RelationFacts } from "../predict/facts.ts";
import { readRelations } from "../predict/read_facts.ts";
import { predict } from "../predict/statement.ts";
import { lintMarkdown } from "../report/lint_markdown.ts";
import { connectionError } from "../stack/postgres_server.ts";
import { sayJson } from "../terminal/command.ts";
import { isTold, lintText } from "../terminal/lint_text.ts";
import { printable } from "../terminal/safe_text.ts";
import type { LintArguments } from "./lint_options.ts";

/** No more statements are kept of which there is nothing to find fault with. */
const MOST_WITHOUT = 10_000;

/**
 * Says of files of SQL what they would lock and do, without running them.
 * @returns 1 where a finding is blocking
 * @throws {UsageError} where a file cannot be read, or is no SQL
 * @throws {ServiceError} where the database does not answer
 */
export async function lint(
  paths: readonly string[],
  given: LintArguments,
  config: Config,
): Promise<ExitCode> {
  // What cannot be read is said before a server is asked anything.
  const files = lintFiles(paths);
  const { facts, relations } = await known(given, config);
  const expected = factsOf(relations, { oldestTransactionS: facts.oldestTransaction });
  const linter = new Linter(facts, (effects) => predict(effects, expected).took);
  const kept: LintedStatement[] = [];
  let counted = 0;
  let without = 0;
  for (const file of files) {
    for await (const statement of linter.lint(file.read())) {
      counted++;
      if (isTold(statement) || without++ < MOST_WITHOUT) kept.push(statement);
    }
  }
  const { source, version, oldestTransaction } = facts;
  const report: LintReport = {
    statements: kept,
    counted,
    files: files.length,
    source,
    version,
    oldestTransaction,
  };
  print(report, given.format);
  return countedLevels(report).blocking > 0 ? ExitCode.verdictFailed : ExitCode.ok;
}

function print(report: LintReport, format: LintArguments["format"]): void {
  if (format === "text") return console.log(printable(lintText(report)));
  if (format === "markdown") return console.log(printable(lintMarkdown(report)));
  const told = format === "json" ? lintJson(report) : lintSarif(report, VERSION);
  sayJson(told);
}

/** What is known of the database, and of its relations what predictions need. */
interface Known {
  readonly facts: DatabaseFacts;
  readonly relations: readonly RelationFacts[];
}

async function known({ sizes, serverVersion }: LintArguments, { databaseUrl }: Config): Promise<Known> {
  const { facts, relations } = sizes !== undefined
    ? ofFile(sizes)
    : databaseUrl !== undefined
    ? await ofDatabase(databaseUrl)
    : { facts: NOTHING, relations: [] };
  return { facts: { ...facts, version: serverVersion ?? facts.version }, relations };
}

const NOTHING: DatabaseFacts = {
  catalogue: new Catalogue(),
  version: NEWEST,
  oldestTransaction: null,
  writesPerSecond: new Map(),
  source: null,
};

function ofFile(path: string): Known {
  const facts = readSizes(path);
  const relations = [...facts.catalogue.all()].map(({ name, rows, bytes }) => ({
    relation: name,
    origin: name,
    rows: rows ?? 0,
    bytes: bytes ?? 0,
    indexes: [],
    query: null,
  }));
  return { facts, relations };
}

const READS_ALONE =
  "SET default_transaction_read_only = on; SET lock_timeout = '1s'; SET statement_timeout = '20s'; SET jit = off";

/** Names in a database without an encoding may be no UTF-8, and a server that is to send them as such gives up. */
const BYTES_AS_THEY_ARE =
  "SELECT set_config('client_encoding', 'SQL_ASCII', false) WHERE current_setting('server_encoding') = 'SQL_ASCII'";

async function ofDatabase(url: string): Promise<Known> {
  const client = await connectClient(url, { applicationName: "benchbook lint" }).catch((error: Error) => {
    throw connectionError(error, url, "DATABASE_URL");
  });
  try {
    await client.query(READS_ALONE);
    await client.query(BYTES_AS_THEY_ARE);
    const facts = await readFacts(client);
    const relations = await sizesOf(client);
    for (const { relation, rows, bytes } of relations) {
      const found = facts.catalogue.find(relation);
      if (found !== undefined) facts.catalogue.put({ ...found, rows, bytes });
    }
    return { facts, relations };
  } finally {
    await client.end();
  }
}

/** A table that somebody else keeps under ACCESS EXCLUSIVE has none: the sizes of statistics have to do. */
async function sizesOf(client: Parameters<typeof readRelations>[0]): Promise<RelationFacts[]> {
  try {
    return await readRelations(client);
  } catch (error) {
    if ((error as { code?: string }).code === "55P03") return [];
    throw error;
  }
}
