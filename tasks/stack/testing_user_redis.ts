import { mkdirSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { freePort } from "./ports.ts";
import { type Child, isAlive, launch, stopProcess } from "./process.ts";
import { findRedis, redisVersion } from "./redis.ts";
import { testConfig, withTempHome } from "./testing.ts";
import { sleep } from "../net/sleep.ts";

const ATTEMPTS = 3000;

/** A Redis as users have it: one that keeps what is written, also when it is killed. */
export interface UserRedis {
  readonly url: string;
  answers(): Promise<boolean>;
  kill(): Promise<void>;
  /** Starts it again on the same port with what it has kept, and waits until it answers. */
  start(): Promise<void>;
}

/** Runs `use` against a Redis of its own, which is stopped and removed whatever happens. */
export function withUserRedis<T>(use: (redis: UserRedis) => Promise<T>): Promise<T> {
  return withTempHome(async (home) => {
    const program = await findRedis(await testConfig(home));
    if (typeof program === "string") throw new Error(`Cannot test with Redis: ${program}`);
    const data = join(home, "data");
    mkdirSync(data);
    const port = freePort();
    const url = `redis://:theirs@127.0.0.1:${port}/0`;
    let server: Child | undefined;
    const start = async () => {
      const settings = {
        bind: "127.0.0.1",
        port: String(port),
        requirepass: "theirs",
        dir: data,
        save: "",
        appendonly: "yes",
        appendfsync: "always",
      };
      server = await launch({
        command: program.command,
        args: Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]),
        env: {
          PATH: "/usr/local/bin:/usr/bin:/bin",
          LC_ALL: "C",
          ...(program.libraries === null ? {} : { LD_LIBRARY_PATH: program.libraries }),
        },
        cwd: data,
        log: join(home, "redis.log"),
      });
      for (let left = ATTEMPTS; await redisVersion(url) instanceof Error; left--) {
        if (left === 0 || server.hasEnded()) throw new Error(server.words());
        await sleep(20);
      }
    };
    try {
      await start();
      return await use({
        url,
        start,
        answers: async () => !(await redisVersion(url) instanceof Error),
        async kill() {
          process.kill(server!.id.pid, "SIGKILL");
          while (isAlive(server!.id)) await sleep(10);
        },
      });
    } finally {
      if (server !== undefined) await stopProcess(server.id, "SIGTERM");
    }
  });
}
