import { chmodSync, chownSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import { eventually } from "../net/testing.ts";
import { type Certificate, CertificateAuthority } from "./testing_certificates.ts";

/**
 * Lets a test's server speak TLS, with a certificate for localhost.
 * @param admin of its superuser
 * @returns the authority that signed it
 */
export async function serveTls(admin: Client): Promise<CertificateAuthority> {
  const authority = new CertificateAuthority();
  await showCertificate(admin, authority.issue("localhost"), authority);
  return authority;
}

/**
 * Lets a test's server show a certificate. A reload is a signal: it may take a moment.
 * @param clients the authority of clients' certificates
 */
export async function showCertificate(
  admin: Client,
  { cert, key }: Certificate,
  clients: CertificateAuthority,
): Promise<void> {
  const data = (await admin.query("SHOW data_directory")).rows[0].data_directory as string;
  const { uid, gid } = statSync(data);
  for (
    const [name, content] of [["server.crt", cert], ["server.key", key], ["root.crt", clients.cert]] as const
  ) {
    const path = join(data, name);
    writeFileSync(path, content, { mode: 0o600 });
    chmodSync(path, 0o600);
    chownSync(path, uid, gid);
  }
  await admin.query("ALTER SYSTEM SET ssl = on");
  await admin.query("ALTER SYSTEM SET ssl_ca_file = 'root.crt'");
  await admin.query("SELECT pg_reload_conf()");
}

/** Waits until a server lets a session in by a URL: the reload is a signal that it may not have seen yet. */
export function admitted(url: string): Promise<void> {
  return eventually(async () => {
    const client = new Client({ connectionString: url });
    const isIn = await client.connect().then(() => true, () => false);
    if (isIn) await client.end();
    return isIn;
  });
}
