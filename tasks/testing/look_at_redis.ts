import { createHash } from "node:crypto";
import { Redis } from "ioredis";
import type { Fact, Look } from "./facts.ts";

const NAME = "before-and-after";

/**
 * Looks at a Redis server from outside: every key of every database with type, content and when it expires, users, configuration, functions and open connections. Contents are read by type, so that how they are encoded
 * does not count.
 */
export async function lookAtRedis(url: string): Promise<Look> {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectionName: NAME,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  redis.on("error", () => {});
  const facts = new Map<string, Fact>();
  try {
    await redis.connect();
    for (const [, database] of (await redis.info("keyspace")).matchAll(/^db(\d+):/gm)) {
      await redis.select(Number(database));
      await addKeys(redis, `database ${database}: `, facts);
    }
    for (const user of await redis.call("ACL", "LIST") as string[]) facts.set(`user ${user}`, true);
    const config = await redis.config("GET", "*") as string[];
    for (let i = 0; i < config.length; i += 2) {
      // Passwords are looked at, not shown.
      const value = config[i + 1]!;
      facts.set(`setting ${config[i]}`, /pass|auth/.test(config[i]!) ? hash(value) : value);
    }
    facts.set("functions", hash(JSON.stringify(await redis.call("FUNCTION", "LIST"))));
    for (const client of (await redis.client("LIST") as string).trim().split("\n")) {
      const { name, db, sub, multi, user } = Object.fromEntries(
        client.split(" ").map((field) => field.split("=", 2)),
      );
      if (name === NAME) continue;
      const session = `connection of ${user} (${name || "no name"}) on database ${db}, ${sub} subscriptions` +
        (multi === "-1" ? "" : ", in a transaction");
      facts.set(session, (facts.get(session) as number ?? 0) + 1);
    }
    return facts;
  } finally {
    redis.disconnect();
  }
}

async function addKeys(redis: Redis, where: string, facts: Map<string, Fact>): Promise<void> {
  for await (const keys of redis.scanBufferStream({ count: 1000 }) as AsyncIterable<Buffer[]>) {
    const unique = [...new Map(keys.map((key) => [key.toString("latin1"), key])).values()];
    await Promise.all(unique.map(async (key) => {
      const type = await redis.type(key);
      const expires = await expiry(redis, key);
      const held = await content(redis, key, type);
      // Gone since, because its time had come.
      if (held === null) return;
      facts.set(`${where}key ${printable(key)}`, {
        type,
        expires,
        content: hash(held),
      });
    }));
  }
}

/** When it expires, milliseconds since 1970, or never; a Redis before version 7 tells only whether it does. */
async function expiry(redis: Redis, key: Buffer): Promise<number | boolean> {
  try {
    const at = await redis.call("PEXPIRETIME", key) as number;
    return at >= 0 && at;
  } catch {
    return await redis.pttl(key) >= 0;
  }
}

/** What a key holds, in an order of its own; null where there is none. */
async function content(redis: Redis, key: Buffer, type: string): Promise<string | Buffer | null> {
  switch (type) {
    case "none":
      return null;
    case "string":
      return await redis.getBuffer(key);
    case "list":
      return text(await redis.lrangeBuffer(key, 0, -1));
    case "set":
      return text((await redis.smembersBuffer(key)).toSorted(Buffer.compare));
    case "zset":
      return text(await redis.zrangeBuffer(key, 0, "-1", "WITHSCORES"));
    case "hash": {
      const fields = await redis.callBuffer("HGETALL", key) as Buffer[];
      return fields.flatMap((field, i) => i % 2 === 0 ? [text([field, fields[i + 1]!])] : []).sort().join(
        ";",
      );
    }
    case "stream":
      return JSON.stringify([
        await redis.xrange(key, "-", "+"),
        await redis.call("XINFO", "GROUPS", key),
      ]);
    default:
      return await redis.dumpBuffer(key);
  }
}

function text(parts: readonly Buffer[]): string {
  return parts.map((part) => part.toString("hex")).join(",");
}

function printable(key: Buffer): string {
  return key.toString("latin1").replaceAll(
    /[^\x20-\x7e]/g,
    (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
}

function hash(value: string | Buffer): string {
  return createHash("sha256").update(value).digest("hex").slice(0, 16);
}
