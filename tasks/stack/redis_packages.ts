import {
  type FoundProgram,
  type PackagedProgram,
  unpackedProgram,
  unpackProgram,
} from "./unpacked_program.ts";

const REDIS: PackagedProgram = {
  title: "Redis",
  folder: "redis",
  packages: ["redis-server", "redis-tools"],
  path: "usr/bin/redis-server",
  versionOption: "--version",
};

/** Redis out of the distribution's packages, see `unpackProgram`. */
export function unpackRedis(
  home: string,
  onStep?: (text: string) => void,
  signal?: AbortSignal,
): Promise<FoundProgram | string> {
  return unpackProgram(REDIS, home, onStep, signal);
}

/** The Redis that was unpacked into this home before, if it starts. */
export function unpackedRedis(home: string): Promise<FoundProgram | null> {
  return unpackedProgram(REDIS, home);
}
