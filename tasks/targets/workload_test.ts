import assert from "node:assert/strict";
import { join } from "node:path";
import { UsageError } from "../model/errors.ts";
import { loadQuestion } from "./workload.ts";
import { parseGraphql } from "./workload_graphql.ts";
import { parseSql } from "./workload_sql.ts";

Deno.test("placeholders become numbered parameters of their declared types, and nothing else is touched", async () => {
  const sql = [
    "-- A title that",
    "-- runs on.",
    "-- :ids integer[]",
    "-- :name varchar(5)",
    "SELECT ':name', a::text, \":name\", $$ :ids $$ -- :name",
    "FROM t WHERE id = ANY(:ids) AND name = :name OR :name IS NULL;",
    "",
  ].join("\n");
  const parsed = await parseSql(sql, "q.sql");
  assert.equal(parsed.title, "A title that runs on.");
  assert.deepEqual(parsed.parameters, [{ name: "ids", type: "integer[]" }, {
    name: "name",
    type: "varchar(5)",
  }]);
  assert.equal(
    parsed.text,
    "SELECT ':name', a::text, \":name\", $$ :ids $$ -- :name\n" +
      "FROM t WHERE id = ANY($1::integer[]) AND name = $2::varchar(5) OR $2::varchar(5) IS NULL",
  );
});

// What a regular expression took for something else.
const TEXT_AND_NAMES: readonly [string, string, string][] = [
  ["an escaped quote in a string with escapes", "E'\\'' || :a || ':a'", "E'\\'' || $1::text || ':a'"],
  ["a string of Unicode escapes", "U&'!0041\\' UESCAPE '!' || :a", "U&'!0041\\' UESCAPE '!' || $1::text"],
  ["a comment in a comment", "/* a /* b */ ' :a */ :a", "/* a /* b */ ' :a */ $1::text"],
  ["a body whose tag has an accent", "$é$ :a $$ ' $é$ || :a", "$é$ :a $$ ' $é$ || $1::text"],
  ["a name with dollar signs", "x$b$ || :a || y$b$", "x$b$ || $1::text || y$b$"],
  ["an array slice", "x[1:a] || x[n():a] || :a", "x[1:a] || x[n():a] || $1::text"],
  ["an index and casts", "x[:a::int] || ARRAY[:a, -:a]", "x[$1::text::int] || ARRAY[$1::text, -$1::text]"],
  [
    "operators and named arguments",
    "x->>:a || f(x=>:a, y := :a)",
    "x->>$1::text || f(x=>$1::text, y := $1::text)",
  ],
  ["characters that no source shows", "'\u0001 \t\u007f :a😀' || :a", "'\u0001 \t\u007f :a😀' || $1::text"],
];
for (const [what, source, expected] of TEXT_AND_NAMES) {
  Deno.test(`a placeholder is found beside ${what}, and nothing in it`, async () => {
    const { text } = await parseSql(`-- T\n-- :a text\nSELECT ${source} FROM t`, "q.sql");
    assert.equal(text, `SELECT ${expected} FROM t`);
  });
}

Deno.test("the line of a parameter that is not declared counts those within strings and comments", async () => {
  const sql = "-- T\n-- :a text\nSELECT E'\\'\n:x', $$\n$$ /*\n*/, :a,\n:x";
  await assert.rejects(() => parseSql(sql, "q.sql"), /q\.sql:7: the parameter :x is not declared/);
});

const BAD_SQL: readonly [string, string, RegExp][] = [
  [
    "an undeclared parameter",
    "-- T\n-- :a integer\nSELECT :a,\n  :b",
    /q\.sql:4: the parameter :b is not declared/,
  ],
  [
    "an unused parameter",
    "-- T\n-- :a integer\n-- :b integer\nSELECT :a",
    /q\.sql:3: .*:b is declared but not used/,
  ],
  ["a parameter declared twice", "-- T\n-- :a integer\n-- :a text\nSELECT :a", /q\.sql:3: .*declared twice/],
  ["a type that is none", "-- T\n-- :a integer; drop\nSELECT :a", /q\.sql:2: the type of :a is no type/],
  ["no title", "-- :a integer\nSELECT :a", /q\.sql:1: .*title is missing/],
  ["no statement", "-- T\n", /q\.sql: it holds no statement/],
  ["nothing but a comment", "-- T\n/* SELECT 1 */", /q\.sql: .*one statement: it holds none/],
  ["two statements", "-- T\nSELECT 1;\nSELECT 2", /q\.sql: .*one statement: it holds 2/],
  [
    "a slip in the statement",
    "-- Ä 😀\n-- :a integer\nSELECT 'ä😀',\n  :a\nFORM t",
    /^Cannot use q\.sql:5 as SQL: syntax error at or near "t"$/,
  ],
  [
    "a string that does not end",
    "-- T\n-- :a integer\nSELECT :a,\n  ':a\n, 1",
    /^Cannot use q\.sql:4 as SQL: unterminated quoted string$/,
  ],
  ["a comment that does not end", "-- T\nSELECT 1\n/* /* */", /q\.sql:3 as SQL: unterminated/],
];
for (const [what, source, message] of BAD_SQL) {
  Deno.test(`an SQL file with ${what} is refused with its place`, async () => {
    await assert.rejects(() => parseSql(source, "q.sql"), (error: UsageError) => {
      assert(error instanceof UsageError);
      assert.match(error.message, message);
      return true;
    });
  });
}

Deno.test("a GraphQL file gives document, variables, result and map", () => {
  const source = "# T\n# result: things.nodes\n# map: n = parts.totalCount, m = parts.a.b\n# map: o = x\n" +
    "query Q($a: Int!, $b: [Int!]!) {\n  things(a: $a, b: $b) { nodes { id } }\n}\n";
  const parsed = parseGraphql(source, "q.graphql");
  assert.equal(parsed.title, "T");
  assert.equal(parsed.kind, "query");
  assert(parsed.text.startsWith("query Q(") && parsed.text.endsWith("}"));
  assert.deepEqual(parsed.variables, [{ name: "a", type: "Int!", line: 5 }, {
    name: "b",
    type: "[Int!]!",
    line: 5,
  }]);
  assert.deepEqual(parsed.shape, {
    result: ["things", "nodes"],
    map: { n: ["parts", "totalCount"], m: ["parts", "a", "b"], o: ["x"] },
  });
});

const BAD_GRAPHQL: readonly [string, string, RegExp][] = [
  ["a syntax error", "# result: a\nquery {\n  a {\n}\n", /q\.graphql:4: Syntax Error/],
  ["no result", "# T\nquery { a }", /q\.graphql:1: .*# result: path.*missing/],
  [
    "a result outside of the document",
    "# T\n# result: b.nodes\nquery { a }",
    /q\.graphql:2: .*begins with "b"/,
  ],
  ["a malformed path", "# result: a..b\nquery { a }", /q\.graphql:1: a path must be names/],
  [
    "a malformed map",
    "# result: a\n# map: n totalCount\nquery { a }",
    /q\.graphql:2: a mapping must be column = path/,
  ],
  ["two operations", "# result: a\nquery A { a }\nquery B { a }", /it holds 2 operations/],
];
for (const [what, source, message] of BAD_GRAPHQL) {
  Deno.test(`a GraphQL file with ${what} is refused with its place`, () => {
    assert.throws(() => parseGraphql(source, "q.graphql"), (error: UsageError) => {
      assert(error instanceof UsageError);
      assert.match(error.message, message);
      return true;
    });
  });
}

Deno.test("both files of a question must be there and take the same parameters", async () => {
  const dir = await Deno.makeTempDir();
  const write = (name: string, text: string) => Deno.writeTextFileSync(join(dir, name), text);
  try {
    await assert.rejects(() => loadQuestion(dir, "q"), /Cannot read .*q\.sql: there is no such file/);
    write("q.sql", "-- T\n-- :a integer\nSELECT :a");
    await assert.rejects(() => loadQuestion(dir, "q"), /Cannot read .*q\.graphql: there is no such file/);
    write("q.graphql", "# result: t\nquery { t }");
    await assert.rejects(() => loadQuestion(dir, "q"), /\$a is missing/);
    write("q.graphql", "# result: t\nquery Q($a: Int!,\n  $b: Int!) { t(a: $a, b: $b) }");
    await assert.rejects(
      () => loadQuestion(dir, "q"),
      /q\.graphql:3: the variable \$b is not a parameter of q\.sql/,
    );
    write("q.graphql", "# result: t\nquery Q($a: Int!) { t(a: $a) }");
    const question = await loadQuestion(dir, "q");
    assert.equal(question.name, "q");
    assert.equal(question.title, "T");
    assert.equal(question.sql.text, "SELECT $1::integer");
    assert.equal(question.statements[".sql"], question.sql);
    assert.equal(question.statements[".graphql"]!.kind, "query");

    // A file that no path asks by is read where it is there, and need not be.
    write("q.graphql", "# result: t\nquery { t }");
    await assert.rejects(() => loadQuestion(dir, "q", [".sql"], [".graphql"]), /\$a is missing/);
    await Deno.remove(join(dir, "q.graphql"));
    assert.deepEqual(Object.keys((await loadQuestion(dir, "q", [".sql"], [".graphql"])).statements), [
      ".sql",
    ]);

    // The same question asked of other tables, with its parameters in an order of its own.
    write("q.sql", "-- T\n-- :a integer\n-- :b text\nSELECT :a, :b");
    write("q.other.sql", "-- T\n-- :b text\n-- :a integer\nSELECT :a, :b");
    const both = await loadQuestion(dir, "q", [".other.sql"]);
    assert.equal(both.statements[".other.sql"]!.text, "SELECT $2::integer, $1::text");
    write("q.other.sql", "-- T\n-- :c integer\nSELECT :c");
    const other = () => loadQuestion(dir, "q", [".other.sql"]);
    await assert.rejects(other, /q\.other\.sql: the parameter :c is not a parameter of q\.sql/);
    write("q.other.sql", "-- T\n-- :a integer\nSELECT :a");
    await assert.rejects(other, /it must take the parameters of q\.sql: :b is missing/);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});
