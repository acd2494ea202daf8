import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import { withPostgres } from "../stack/testing.ts";
import { Execution } from "./pg_execution.ts";
import { PgConnection } from "./pg_connection.ts";
import { readPgOptions } from "../postgres/options.ts";
import { serveTls } from "../postgres/testing_tls.ts";
import { startProxy } from "./testing_pg_proxy.ts";
import { sleep } from "../net/sleep.ts";

const TIMEOUT_MS = 10_000;

/** Connects by a connection string and returns what one statement answers. */
async function ask(url: string, text: string): Promise<Record<string, unknown>> {
  const connection = await PgConnection.connect(
    readPgOptions(url, "test"),
    TIMEOUT_MS,
    () => (value) => value,
  );
  try {
    const statement = { operationId: 1, name: "ask", write: false, text, parameters: [] };
    return await new Promise((resolve, reject) => {
      connection.ask(statement, new Execution().write(statement, []), true, {
        onSent: () => {},
        onReply: ({ error, answer }) => error === null ? resolve(answer![0]!) : reject(error),
      });
    });
  } finally {
    await connection.end();
  }
}

function withUrl(url: string, change: (url: URL) => void): string {
  const changed = new URL(url);
  change(changed);
  return changed.href;
}

Deno.test("a session begins over every way that a server may ask for", async (t) => {
  await withPostgres(async (url, { home }) => {
    const admin = new Client({ connectionString: url });
    await admin.connect();
    const setting = async (name: string) => (await admin.query(`SHOW ${name}`)).rows[0][name] as string;
    const hbaFile = await setting("hba_file");
    const rules = readFileSync(hbaFile, "utf8");
    /** Puts rules before the server's own. */
    const allow = async (...lines: string[]) => {
      writeFileSync(hbaFile, `${lines.join("\n")}\n${rules}`);
      await admin.query("SELECT pg_reload_conf()");
    };
    /** The reload is a signal that a backend started just now may have missed. */
    const eventually = async (check: () => Promise<boolean>) => {
      while (!await check().catch(() => false)) await sleep(20);
    };
    const as = (user: string, password: string, more: Record<string, string> = {}) =>
      withUrl(url, (changed) => {
        changed.username = encodeURIComponent(user);
        changed.password = encodeURIComponent(password);
        for (const [name, value] of Object.entries(more)) changed.searchParams.set(name, value);
      });
    try {
      // Rules are matched by user, so the order of the steps does not matter.
      await admin.query(`
        CREATE ROLE by_trust LOGIN;
        CREATE ROLE by_scram LOGIN PASSWORD 'pass wörd:@/Ⅸ';
        SET password_encryption = 'md5';
        CREATE ROLE by_md5 LOGIN PASSWORD 'md5 secret';
        RESET password_encryption;
        CREATE ROLE by_text LOGIN PASSWORD 'plain secret';
        CREATE ROLE by_certificate LOGIN;
        CREATE ROLE by_gss LOGIN;
      `);
      await allow(
        "host all by_trust 127.0.0.1/32 trust",
        "host all by_md5 127.0.0.1/32 md5",
        "host all by_text 127.0.0.1/32 password",
        "hostssl all by_certificate 127.0.0.1/32 cert",
      );
      await eventually(async () => (await ask(as("by_trust", ""), "SELECT 1 AS n")).n === "1");
      const who = "SELECT current_user AS who, current_setting('application_name') AS app";

      for (
        const [user, password] of [
          ["by_trust", ""],
          ["by_md5", "md5 secret"],
          ["by_text", "plain secret"],
          ["by_scram", "pass wörd:@/Ⅸ"],
        ] as const
      ) {
        await t.step(`${user}: who has the password gets in`, async () => {
          assert.deepEqual(await ask(as(user, password), who), { who: user, app: "test" });
        });
        if (user === "by_trust") continue;
        await t.step(`${user}: who has another is told so with the SQLSTATE`, async () => {
          await assert.rejects(ask(as(user, "wrong"), who), { code: "28P01" });
        });
        await t.step(`${user}: who has none is told so`, async () => {
          await assert.rejects(ask(as(user, ""), who), /password and none is given/);
        });
      }

      await t.step("a password counts in its normal form, as everywhere with SCRAM", async () => {
        // The Roman numeral nine is one character; its compatible form are two letters.
        assert.equal((await ask(as("by_scram", "pass\u00a0w\u00adörd:@/IX"), who)).who, "by_scram");
      });

      await t.step("a password may lie in the user's own file", async () => {
        const before = Deno.env.get("PGPASSFILE");
        const file = join(home, "passwords");
        writeFileSync(file, "*:*:*:by_text:plain secret\n", { mode: 0o600 });
        Deno.env.set("PGPASSFILE", file);
        try {
          assert.equal((await ask(as("by_text", ""), who)).who, "by_text");
        } finally {
          if (before === undefined) Deno.env.delete("PGPASSFILE");
          else Deno.env.set("PGPASSFILE", before);
        }
      });

      await t.step("parameters of the URL reach the session, under a name that stays ours", async () => {
        const named = as("by_trust", "", {
          application_name: "named",
          options: "-c work_mem=7777kB -c DateStyle=SQL,\\ DMY",
        });
        const text = `SELECT current_setting('application_name') AS app,
          current_setting('work_mem') AS memory, current_setting('DateStyle') AS style,
          current_setting('client_encoding') AS encoding`;
        assert.deepEqual(await ask(named, text), {
          app: "test",
          memory: "7777kB",
          style: "SQL, DMY",
          encoding: "UTF8",
        });
      });

      await t.step("a database that is not there is named", async () => {
        const elsewhere = withUrl(url, (changed) => changed.pathname = "/no%20such");
        await assert.rejects(ask(elsewhere, who), { code: "3D000", message: /"no such" does not exist/ });
      });

      await t.step("a Unix socket is a folder as host", async () => {
        const folder = join(home, "sockets");
        mkdirSync(folder);
        const { port } = new URL(url);
        const listener = Deno.listen({ transport: "unix", path: `${folder}/.s.PGSQL.5433` });
        const proxy = startProxy(listener, Number(port));
        try {
          const byFolder = `postgres://by_trust@/test?host=${encodeURIComponent(folder)}&port=5433`;
          assert.equal((await ask(byFolder, who)).who, "by_trust");
          // As in libpq: it needs none.
          assert.equal((await ask(`${byFolder}&sslmode=verify-full`, who)).who, "by_trust");
        } finally {
          await proxy.close();
        }
      });

      await t.step("TLS is refused by a server that has none", async () => {
        await assert.rejects(
          ask(as("by_trust", "", { sslmode: "require" }), who),
          /does not support TLS/,
        );
      });

      const authority = await serveTls(admin);
      const place = (name: string, content: string) => {
        const path = join(home, name);
        writeFileSync(path, content);
        return path;
      };
      const rootFile = place("root.pem", authority.cert);
      const over = (host: string, more: Record<string, string>, user = "by_scram") =>
        withUrl(
          as(user, user === "by_scram" ? "pass wörd:@/Ⅸ" : "", more),
          (changed) => changed.hostname = host,
        );
      const encrypted = "SELECT ssl, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
      await eventually(async () =>
        (await ask(over("localhost", { sslmode: "no-verify" }), encrypted)).ssl === "t"
      );

      await t.step(
        "verify-full takes a certificate of the authority for this host, and no other",
        async () => {
          const verified = { sslmode: "verify-full", sslrootcert: rootFile };
          assert.equal((await ask(over("localhost", verified), encrypted)).ssl, "t");
          await assert.rejects(ask(over("127.0.0.1", verified), encrypted), /certificate|NotValidForName/i);
          await assert.rejects(
            ask(over("localhost", { sslmode: "verify-full", sslrootcert: "system" }), encrypted),
            /UnknownIssuer|issuer/i,
          );
        },
      );

      await t.step("no-verify takes any certificate", async () => {
        assert.equal((await ask(over("127.0.0.1", { sslmode: "no-verify" }), encrypted)).ssl, "t");
      });

      await t.step("a certificate of the client is shown to the server", async () => {
        const client = authority.issue("by_certificate");
        const shown = {
          sslmode: "verify-full",
          sslrootcert: rootFile,
          sslcert: place("client.crt", client.cert),
          sslkey: place("client.key", client.key),
        };
        assert.equal((await ask(over("localhost", shown, "by_certificate"), who)).who, "by_certificate");
        await assert.rejects(
          ask(over("localhost", { sslmode: "verify-full", sslrootcert: rootFile }, "by_certificate"), who),
          { code: "28000" },
        );
      });

      await t.step("TLS without asking first, as PostgreSQL 17 and later take it", async () => {
        const direct = { sslmode: "verify-full", sslrootcert: rootFile, sslnegotiation: "direct" };
        assert.equal((await ask(over("localhost", direct), encrypted)).ssl, "t");
      });
    } finally {
      await admin.end();
    }
  });
});

Deno.test("a server that says nothing is given up", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  for (const mode of ["disable", "prefer", "require", "verify-full&sslrootcert=system"]) {
    const options = readPgOptions(`postgres://u@127.0.0.1:${port}/d?sslmode=${mode}`, "test");
    await assert.rejects(
      PgConnection.connect(options, 100, () => (value) => value),
      /no answer within 100 ms/,
    );
  }
  listener.close();
});

Deno.test("a server that hangs up, or that is none, is an error and not a wait", async () => {
  for (
    const [answer, wanted] of [
      ["", /closed the connection/],
      ["HTTP/1.1 400 Bad Request\r\n\r\n", /closed the connection|protocol/],
      ["R\0\0\0\0", /protocol/],
    ] as const
  ) {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const served = (async () => {
      const client = await listener.accept();
      await client.read(new Uint8Array(1024));
      if (answer !== "") await client.write(new TextEncoder().encode(answer));
      client.close();
    })();
    const options = readPgOptions(`postgres://u@127.0.0.1:${listener.addr.port}/d?sslmode=disable`, "test");
    await assert.rejects(PgConnection.connect(options, 5000, () => (value) => value), wanted);
    await served;
    listener.close();
  }
});
