import { existsSync } from "node:fs";
import type { Config } from "../config.ts";
import { checkHome } from "./home.ts";
import { acquireLock } from "./lock.ts";
import { readRecords, stopServices } from "./state.ts";
import { forgetUrls } from "./up.ts";

/**
 * Stops every service of this home that Benchbook started, orphans included, and returns their names. Within
 * 5 seconds; services of the user's are left alone.
 * @throws {ServiceError} while a bench is using them.
 * @throws {UsageError} when the home is a folder of somebody else's.
 */
export async function down(config: Pick<Config, "home">): Promise<string[]> {
  checkHome(config.home);
  if (!existsSync(config.home)) return [];
  using _lock = acquireLock(config.home, "down");
  const running = readRecords(config.home);
  await stopServices(config.home, running);
  forgetUrls(config.home);
  return running.map(({ name }) => name);
}
