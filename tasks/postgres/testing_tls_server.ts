import { Buffer } from "node:buffer";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import tls from "node:tls";
import net from "node:net";
import { Client } from "pg";
import { findProgram } from "../stack/programs.ts";
import { withPostgres } from "../stack/testing.ts";
import { type Certificate, CertificateAuthority } from "./testing_certificates.ts";
import { showCertificate } from "./testing_tls.ts";
import { sleep } from "../net/sleep.ts";

/** A server that shows one certificate after the other, and what a client needs to believe it or not. */
export interface TlsServer {
  readonly authority: CertificateAuthority;
  /** A folder for files of the test; also the home of who is asked there. */
  readonly folder: string;
  /** A URL of it, by name and not by address. */
  url(user: string, parameters: Readonly<Record<string, string>>): string;
  show(certificate: Certificate): Promise<void>;
  /** Writes a file and gives its path. */
  place(name: string, content: string): string;
}

/**
 * Runs `use` with a real PostgreSQL that has roles with a password `secret`: `anyhow` may come with TLS or without,
 * `only_tls` and `never_tls` only so.
 */
export function withTlsServer<T>(use: (server: TlsServer) => Promise<T>): Promise<T> {
  return withPostgres(async (url, { home }) => {
    const admin = new Client({ connectionString: url });
    await admin.connect();
    try {
      const authority = new CertificateAuthority("authority of the test");
      const folder = join(home, "files");
      mkdirSync(folder);
      await admin.query(
        ["anyhow", "only_tls", "never_tls"]
          .map((role) => `CREATE ROLE ${role} LOGIN PASSWORD 'secret'`).join(";"),
      );
      const hbaFile = (await admin.query("SHOW hba_file")).rows[0].hba_file as string;
      writeFileSync(
        hbaFile,
        [
          "hostnossl all only_tls all reject",
          "hostssl all never_tls all reject",
          readFileSync(hbaFile, "utf8"),
        ].join("\n"),
      );
      const { port, pathname } = new URL(url);
      return await use({
        authority,
        folder,
        url: (user, parameters) =>
          `postgres://${user}:secret@localhost:${port}${pathname}?${new URLSearchParams(parameters)}`,
        async show(certificate) {
          await showCertificate(admin, certificate, authority);
          while (!await shows(Number(port), certificate)) {
            await sleep(10);
          }
        },
        place(name, content) {
          const path = join(folder, name);
          writeFileSync(path, content, { mode: 0o600 });
          return path;
        },
      });
    } finally {
      await admin.end();
    }
  });
}

/** Whether the server shows this certificate by now. */
function shows(port: number, { cert }: Certificate): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ host: "127.0.0.1", port });
    socket.on("error", () => resolve(false));
    socket.write(Uint8Array.of(0, 0, 0, 8, 4, 210, 22, 47));
    socket.once("readable", () => {
      if (socket.read(1)?.toString() !== "S") return socket.destroy(), resolve(false);
      const secured = tls.connect({ socket, rejectUnauthorized: false });
      secured.on("error", () => resolve(false));
      secured.on("secureConnect", () => {
        const shown = Buffer.from(secured.getPeerCertificate().raw).toString("base64");
        secured.destroy();
        socket.destroy();
        resolve(shown === cert.split("\n").filter((line) => line !== "" && !line.startsWith("-")).join(""));
      });
    });
  });
}

/** What psql makes of a URL, in a home of its own; null where there is no psql. */
export async function askPsql(url: string, home: string): Promise<{ ok: boolean; said: string } | null> {
  const psql = findProgram("psql");
  if (psql === null) return null;
  const { code, stderr } = await new Deno.Command(psql, {
    args: ["-X", "-w", "-c", "SELECT 1", url],
    clearEnv: true,
    env: { HOME: home, LC_ALL: "C", PGCONNECT_TIMEOUT: "10" },
  }).output();
  return { ok: code === 0, said: new TextDecoder().decode(stderr) };
}
