import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { withTempDir } from "../store/testing.ts";
import { UsageError } from "../model/errors.ts";
import { PATHS } from "../paths/registry.ts";
import { readArmFile } from "./arm_file.ts";

const setting = fc.stringMatching(/^[a-z_][a-z0-9_]{0,12}(\.[a-z_][a-z0-9_]{0,8})?$/).filter((name) =>
  name !== "application_name" && name !== "__proto__"
);
const scalar = fc.oneof(fc.stringMatching(/^[\w /\\'":,-]{0,20}$/), fc.integer(), fc.boolean());
const anArm = fc.record({
  path: fc.constantFrom(...PATHS),
  databaseUrl: fc.constantFrom("postgres://u:pw@localhost/one", "postgresql:///two?host=/tmp"),
  redisUrl: fc.constantFrom("redis://:pw@localhost:6379/0", "rediss://cache"),
  graphqlUrl: fc.domain().map((host) => `https://${host}/graphql`),
  queries: fc.constantFrom(".", "../queries", "/abs"),
  session: fc.dictionary(setting, scalar),
  settings: fc.dictionary(setting, fc.oneof(fc.integer(), fc.constant("low"))),
  instances: fc.integer({ min: 1, max: 16 }),
  balancer: fc.constantFrom("client", "haproxy"),
}, { requiredKeys: [] });

async function tried(dir: string, name: string, text: string): Promise<UsageError> {
  const file = join(dir, name);
  await Deno.writeTextFile(file, text);
  const error = await readArmFile("mine", file).then(() => null, (error) => error);
  assert.ok(error instanceof UsageError, String(error));
  assert.ok(error.message.includes(file), error.message);
  return error;
}

Deno.test("an arm's file says what it says, as JSON and as TypeScript", () =>
  withTempDir(async (dir) => {
    let nth = 0;
    await fc.assert(
      fc.asyncProperty(anArm, fc.boolean(), async (arm, json) => {
        const file = join(dir, `${nth++}.${json ? "json" : "ts"}`);
        await Deno.writeTextFile(file, `${json ? "" : "export default "}${JSON.stringify(arm)}`);
        assert.deepEqual(await readArmFile("mine", file), JSON.parse(JSON.stringify(arm)));
      }),
      { numRuns: 40 },
    );
  }));

Deno.test("any other field, and any other type of a known one, is refused by its name", () =>
  withTempDir(async (dir) => {
    const known = [
      ...["path", "databaseUrl", "redisUrl", "graphqlUrl", "queries", "session", "settings"],
      ...["instances", "balancer"],
    ];
    await fc.assert(
      fc.asyncProperty(anArm, fc.stringMatching(/^[a-z]{1,12}$/), async (arm, field) => {
        fc.pre(!known.includes(field));
        const { message } = await tried(dir, "field.json", JSON.stringify({ ...arm, [field]: 1 }));
        assert.ok(message.includes(`has no field "${field}"`), message);
      }),
      { numRuns: 40 },
    );
    await fc.assert(
      fc.asyncProperty(
        anArm,
        fc.constantFrom(...known),
        fc.constantFrom(7.5, null, ["postgres://u:secret@h"]),
        async (
          arm,
          field,
          value,
        ) => {
          const { message } = await tried(dir, "type.json", JSON.stringify({ ...arm, [field]: value }));
          assert.match(message, new RegExp(`: ${field}: must be `));
          if (field.endsWith("Url")) assert.doesNotMatch(message, /secret/);
        },
      ),
      { numRuns: 40 },
    );
  }));

Deno.test("what an arm's file gets wrong is said with the file, the field and what to do", () =>
  withTempDir(async (dir) => {
    const faults: [file: string, text: string, message: RegExp, next?: RegExp][] = [
      ["a.json", '{"sesion": {}}', /has no field "sesion"; did you mean "session"\?/],
      ["a.json", '{"sesion": {}, "rtt": 5}', /has no field "sesion"; did you mean "session"\?, nor "rtt"$/],
      ["a.json", '{"rtt": 5}', /has no field "rtt"/],
      ["a.json", '{"instances": 0}', /instances: must be a whole number from 1 to 16/],
      ["a.json", '{"instances": 17}', /instances: must be a whole number from 1 to 16/],
      ["a.json", '{"balancer": "nginx"}', /balancer: must be .*client.*haproxy/],
      ["a.json", '{"instance": 2}', /has no field "instance"; did you mean "instances"\?/],
      ["a.json", '{"path": "sqll"}', /path: there is no path "sqll"/, /Did you mean "sql"\?/],
      [
        "a.json",
        '{"databaseUrl": "mysql://u:secret@h/d"}',
        /: databaseUrl cannot be used as a URL: it begins with/,
      ],
      ["a.json", '{"session": {"work mem": 1}}', /session\.work mem: must be the name of a setting/],
      ["a.json", '{"session": {"work_mem": [1]}}', /session\.work_mem: must be a text, a number/],
      ["a.json", '{"session": {"Application_Name": "x"}}', /session\.Application_Name: is Benchbook's own/],
      [
        "a.json",
        '{"session": {"DEFAULT_transaction_read_only": "off"}}',
        /session\.DEFAULT_transaction_read_only: is Benchbook's own, by which it keeps reads from writing/,
      ],
      [
        "a.json",
        '{"session": {"transaction_isolation": "serializable"}}',
        /session\.transaction_isolation: is/,
      ],
      ["a.json", '{"redisUrl": "redis://:secret', /it is no JSON/],
      ["a.json", '["postgres://u:secret@h"]', /: the arm must be an object/],
      [
        "throws.ts",
        'throw new Error("not today");',
        /Cannot load the arm mine \(.*throws\.ts\): .*not today/,
      ],
      ["big.ts", "export default { path: 1n };", /path: must be a text.* \(it is 1n\)/],
      [
        "cycle.ts",
        "const a: any = {}; a.a = a; export default { path: a };",
        /path: .*\(it is what JSON cannot say/,
      ],
      ["json.ts", 'export default { path: { toJSON() { throw new Error("no") } } };', /path: must be a text/],
      ["getter.ts", 'export default { get path() { throw new Error("boom") } };', /cannot be read: boom/],
      [
        "proxy.ts",
        'export default new Proxy({}, { ownKeys() { throw new Error("px") } });',
        /cannot be read: px/,
      ],
      ["null.ts", "throw null;", /Cannot load the arm mine \(.*null\.ts\): it throws null/],
      ["odd.ts", "throw { get message() { throw 1 }, toString() { throw 2 } };", /says nothing of itself/],
      [
        "many.json",
        JSON.stringify({ session: Object.fromEntries(Array.from({ length: 101 }, (_, n) => [`a${n}`, n])) }),
        /session: must have at most 100 settings and 8192 characters/,
      ],
      ["long.json", JSON.stringify({ session: { a: "x".repeat(8192) } }), /session: must have at most 100/],
      ["nothing.ts", "export const arm = {};", /no default export/, /export default \{ path/],
      ["change.psql", "CREATE INDEX", /must end with \.json, \.ts or \.sql/, /twin/],
    ];
    for (const [file, text, said, next = /./] of faults) {
      const error = await tried(dir, file, text);
      assert.match(error.message, said);
      assert.match(error.next ?? "there is nothing to add", next);
      assert.doesNotMatch(error.message + error.next, /secret/);
    }
    await assert.rejects(readArmFile("mine", join(dir, "nowhere.json")), /there is no such file/);
    await assert.rejects(readArmFile("mine", join(dir, "nowhere.ts")), /there is no such file/);
  }));

Deno.test("what stands in the place of an arm's TypeScript is called what it is", () =>
  withTempDir(async (dir) => {
    const file = join(dir, "device.ts");
    await Deno.symlink("/dev/null", file);
    await assert.rejects(
      readArmFile("mine", file),
      /^UsageError: Cannot run the arm mine \(.*\): it is a device, not a file$/,
    );
  }));
