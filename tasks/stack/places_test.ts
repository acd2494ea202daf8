import assert from "node:assert/strict";
import { chmodSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { ServiceError, UsageError } from "../model/errors.ts";
import { keptSecret, prepareHome, reachableBy, writeAtomically } from "./places.ts";
import { freePort, onFreePort } from "./ports.ts";
import { dependencies } from "./debian_packages.ts";
import { postgresSettings, renderSettings } from "./postgres_settings.ts";
import { withTempHome } from "./testing.ts";

const GB = 1024 ** 3;

Deno.test("a disk without room is refused before anything starts", async () => {
  await withTempHome((home) => {
    prepareHome(home, 1);
    assert.throws(
      () => prepareHome(home, 1e18),
      (error) =>
        error instanceof ServiceError && error.exitCode === 3 &&
        /nearly full: \d+ MB are free/.test(error.message),
    );
    return Promise.resolve();
  });
});

Deno.test("a home that is a file, or that cannot be written to, is refused with a sentence", async () => {
  await withTempHome((home) => {
    writeFileSync(join(home, "file"), "");
    assert.throws(() => prepareHome(join(home, "file")), UsageError);
    if (process.getuid?.() !== 0) {
      mkdirSync(join(home, "closed"), { mode: 0o500 });
      assert.throws(() => prepareHome(join(home, "closed")), ServiceError);
    }
    return Promise.resolve();
  });
});

Deno.test("a secret is made once, kept for its owner only, and read the next time", async () => {
  await withTempHome((home) => {
    const path = join(home, "secrets", "x");
    const secret = keptSecret(path);
    assert.match(secret, /^[0-9a-f]{48}$/);
    assert.equal(keptSecret(path), secret);
    assert.equal(statSync(path).mode & 0o777, 0o600);
    return Promise.resolve();
  });
});

Deno.test("a file is replaced as a whole", async () => {
  await withTempHome((home) => {
    const path = join(home, "a", "b.json");
    writeAtomically(path, "one");
    writeAtomically(path, "two");
    assert.equal(readFileSync(path, "utf8"), "two");
    return Promise.resolve();
  });
});

Deno.test("another user reaches a path only through folders that are open to it", async () => {
  await withTempHome((home) => {
    const stranger = { uid: 54321, gid: 54321, name: "stranger" };
    const owner = { uid: statSync(home).uid, gid: 54321, name: "owner" };
    mkdirSync(join(home, "in"), { mode: 0o755 });
    writeFileSync(join(home, "in", "file"), "", { mode: 0o644 });
    const file = join(home, "in", "file");
    assert.ok(reachableBy(file, stranger));
    chmodSync(join(home, "in"), 0o700);
    assert.ok(!reachableBy(file, stranger));
    if (owner.uid !== 0) assert.ok(reachableBy(file, owner));
    symlinkSync(join(home, "nowhere"), join(home, "dangling"));
    assert.ok(!reachableBy(join(home, "dangling"), stranger));
    return Promise.resolve();
  });
});

Deno.test("a start that loses its port tries another, and gives up after some", async () => {
  const tried: number[] = [];
  const port = await onFreePort((port) =>
    Promise.resolve(tried.push(port) < 3 ? "port taken" as const : port)
  );
  assert.equal(tried.length, 3);
  assert.equal(port, tried[2]);
  assert.ok(freePort() > 1023);
  await assert.rejects(onFreePort(() => Promise.resolve("port taken" as const)), /free loopback port/);
});

Deno.test("the embedded server keeps its durability and takes its sizes from the machine", () => {
  const small = postgresSettings(2 * GB, 2, GB);
  const large = postgresSettings(64 * GB, 16, GB);
  for (const settings of [small, large]) {
    assert.equal(settings.fsync, "on");
    assert.equal(settings.synchronous_commit, "on");
    assert.equal(settings.full_page_writes, "on");
    assert.equal(settings.listen_addresses, "127.0.0.1");
    assert.equal(settings.unix_socket_directories, "");
    assert.equal(settings.wal_level, "logical");
  }
  assert.equal(small.shared_buffers, "256MB");
  assert.equal(large.shared_buffers, "1024MB");
  assert.equal(postgresSettings(2 * GB, 2, 64 * 1024 * 1024).dynamic_shared_memory_type, "mmap");
  assert.equal(small.dynamic_shared_memory_type, undefined);
  assert.match(renderSettings({ a: "it's" }), /^a = 'it''s'$/m);
});

Deno.test("of apt's alternatives the first is a dependency, and virtual packages are none", () => {
  assert.deepEqual(
    dependencies(
      "redis-server\n  PreDepends: init-system-helpers\n  Depends: redis-tools\n |Depends: libsystemd0\n" +
        "  Depends: libelogind0\n  Depends: <virtual>\n  Suggests: ruby-redis\n",
    ),
    ["init-system-helpers", "redis-tools", "libsystemd0"],
  );
});
