import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolderIn } from "../files/temporary.ts";
import { hasApt, unpackPackages } from "./debian_packages.ts";
import {
  type PostgresPrograms,
  type UserPostgres,
  type UserPostgresOptions,
  withUserPostgres,
} from "./testing_user_postgres.ts";

/** Beside the clusters that tests begin with. */
const KEPT = join(import.meta.dirname!, "../../node_modules/.cache/benchbook");
/** The server's own package, and libraries but those that only compile expressions, of 100 MB. */
const FOLLOWED = /^(postgresql-\d+$|lib(?!llvm|clang))/;

/** Whether there is no way to a PostgreSQL of Debian's: tests that need one are ignored then, and are seen to be. */
export const NO_DEBIAN_POSTGRES = installed("/") === null && !hasApt();
if (NO_DEBIAN_POSTGRES) {
  console.error(
    "Tests with another version of PostgreSQL are ignored: Debian's is not installed, and there is no apt to fetch it with.",
  );
}

/**
 * The newest PostgreSQL that Debian's packages have installed; where none is, the one that this system's release has,
 * unpacked once a checkout.
 */
export async function debianPostgres(): Promise<PostgresPrograms> {
  return installed("/") ?? await unpacked();
}

/** Runs `use` against a server of that. */
export async function withDebianPostgres(
  use: (server: UserPostgres) => Promise<void>,
  settings: UserPostgresOptions["settings"] = {},
): Promise<void> {
  await withUserPostgres(use, { programs: await debianPostgres(), settings });
}

function installed(root: string): PostgresPrograms | null {
  const folder = join(root, "usr/lib/postgresql");
  if (!existsSync(folder)) return null;
  const [major] = readdirSync(folder)
    .toSorted((a, b) => Number(b) - Number(a))
    .filter((each) => ["initdb", "postgres"].every((name) => existsSync(join(folder, each, "bin", name))));
  return major === undefined ? null : { major, root };
}

/** @param kept where it lies from then on */
export async function unpacked(kept = KEPT): Promise<PostgresPrograms> {
  const root = join(kept, "debian-postgres");
  mkdirSync(kept, { recursive: true });
  // Other tests wait here, and find it unpacked.
  using lock = Deno.openSync(join(kept, "debian-postgres.lock"), { write: true, create: true });
  await lock.lock(true);
  const found = installed(root);
  if (found !== null) return found;
  rmSync(root, { recursive: true, force: true });
  const work = temporaryFolderIn(kept, "debian-work-");
  try {
    const made = await unpackPackages(["postgresql"], work.path, undefined, FOLLOWED);
    if ("reason" in made) throw new Error(`Cannot test with Debian's PostgreSQL: ${made.reason}`);
    const programs = installed(made.root);
    if (programs === null) {
      throw new Error("Cannot test with Debian's PostgreSQL: its package holds no server");
    }
    // Without the library that it needs it is no way to compile expressions, and PostgreSQL does without.
    const libraries = join(made.root, "usr/lib/postgresql", programs.major, "lib");
    rmSync(join(libraries, "llvmjit.so"), { force: true });
    rmSync(join(libraries, "bitcode"), { recursive: true, force: true });
    renameSync(made.root, root);
    return { ...programs, root };
  } finally {
    work.remove();
  }
}
