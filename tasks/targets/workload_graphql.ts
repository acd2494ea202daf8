import { type DocumentNode, GraphQLError, Kind, type OperationDefinitionNode, parse, print } from "graphql";
import { UsageError } from "../model/errors.ts";

export interface GraphqlQuestion {
  readonly file: string;
  readonly title: string;
  /** The document as it is sent: without its leading comments. */
  readonly text: string;
  readonly kind: "query" | "mutation";
  readonly variables: readonly { readonly name: string; readonly type: string; readonly line: number }[];
  readonly shape: GraphqlShape;
}

/** Where a response holds the answer, and what is named otherwise there than in SQL. */
export interface GraphqlShape {
  /** Path to the answer below `data`. */
  readonly result: readonly string[];
  /** SQL's column by path within each row of the answer. */
  readonly map: Readonly<Record<string, readonly string[]>>;
}

const PATH = /^[_a-z]\w*(\.[_a-z]\w*)*$/i;

/**
 * Parses a workload's GraphQL file: `# title`, `# result: path.to.answer`, any number of
 * `# map: column = path.within.row, …`, then a document with one operation.
 * @throws {UsageError} naming file and line.
 */
export function parseGraphql(source: string, file: string): GraphqlQuestion {
  const lines = source.split("\n");
  const start = lines.findIndex((line) => line.trim() !== "" && !line.startsWith("#"));
  const titles: string[] = [];
  const map: Record<string, readonly string[]> = {};
  let result: readonly string[] | undefined;
  for (const [index, line] of lines.slice(0, start < 0 ? lines.length : start).entries()) {
    const [, key, value] = /^#\s*(result|map):\s*(.*?)\s*$/.exec(line) ?? [];
    if (key === "result") result = path(value!, file, index + 1);
    else if (key === "map") Object.assign(map, mapping(value!, file, index + 1));
    else titles.push(line.replace(/^#\s*/, ""));
  }
  const operation = only(document(source, file), file);
  if (result === undefined) {
    throw new UsageError(
      `Cannot use ${file}:1: a line "# result: path" must say which part of the response is the answer: it is missing`,
      `For this document, for example "# result: ${responseNames(operation)[0]}".`,
    );
  }
  if (!responseNames(operation).includes(result[0]!)) {
    const line = lines.findIndex((text) => /^#\s*result:/.test(text)) + 1;
    throw new UsageError(
      `Cannot use ${file}:${line}: the result must begin with a field of the operation: it begins with "${
        result[0]
      }"`,
      `Its fields: ${responseNames(operation).join(", ")}.`,
    );
  }
  return {
    file,
    title: titles.join(" ").trim(),
    text: lines.slice(start).join("\n").trim(),
    kind: operation.operation as "query" | "mutation",
    variables: (operation.variableDefinitions ?? []).map(({ variable, type, loc }) => ({
      name: variable.name.value,
      type: print(type),
      line: loc!.startToken.line,
    })),
    shape: { result, map },
  };
}

function document(source: string, file: string): DocumentNode {
  try {
    return parse(source);
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    const line = error.locations?.[0]?.line ?? 1;
    throw new UsageError(`Cannot use ${file}:${line}: ${error.message}`, undefined, { cause: error });
  }
}

function only(parsed: DocumentNode, file: string): OperationDefinitionNode {
  const operations = parsed.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  const [operation] = operations;
  if (operations.length !== 1 || operation!.operation === "subscription") {
    throw new UsageError(
      `Cannot use ${file}: it must hold one query or mutation: it holds ${operations.length} operations`,
      "Give each question files of its own.",
    );
  }
  return operation!;
}

function responseNames(operation: OperationDefinitionNode): string[] {
  return operation.selectionSet.selections.flatMap((selection) =>
    selection.kind === Kind.FIELD ? [selection.alias?.value ?? selection.name.value] : []
  );
}

function path(text: string, file: string, line: number): readonly string[] {
  if (!PATH.test(text)) {
    throw new UsageError(
      `Cannot use ${file}:${line}: a path must be names joined by dots: it is "${text}"`,
      'Write it like "# result: orders.nodes".',
    );
  }
  return text.split(".");
}

function mapping(text: string, file: string, line: number): Record<string, readonly string[]> {
  const entries = text.split(",").map((part) => {
    const [column, from, ...rest] = part.split("=").map((side) => side.trim());
    if (!/^[a-z_]\w*$/.test(column ?? "") || from === undefined || rest.length > 0) {
      throw new UsageError(
        `Cannot use ${file}:${line}: a mapping must be column = path: it is "${part.trim()}"`,
        'Write it like "# map: orders = orders.totalCount".',
      );
    }
    return [column!, path(from, file, line)] as const;
  });
  return Object.fromEntries(entries);
}
