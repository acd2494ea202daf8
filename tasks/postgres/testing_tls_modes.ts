import assert from "node:assert/strict";
import { attempt } from "./testing_attempt.ts";
import { type Certificate, CertificateAuthority } from "./testing_certificates.ts";
import { findProgram } from "../stack/programs.ts";
import { askPsql, type TlsServer } from "./testing_tls_server.ts";

export const MODES = ["", "disable", "allow", "prefer", "require", "verify-ca", "verify-full"];

/** Which modes get in with a root certificate that is there, by libpq's documentation. */
const WITH_ROOT: Readonly<Record<string, readonly string[]>> = {
  right: MODES,
  "of another host": MODES.filter((mode) => mode !== "verify-full"),
  // Where the certificate is not believed, prefer and allow go without TLS.
  "of another authority": ["", "disable", "allow", "prefer"],
  expired: ["", "disable", "allow", "prefer"],
  "self-signed": ["", "disable", "allow", "prefer"],
};
/** And with none: nothing is verified, and what would have to be is refused. */
const WITHOUT_ROOT = ["", "disable", "allow", "prefer", "require"];

/** The certificates that a server may show. */
export const CERTIFICATES = [
  "right",
  "of another host",
  "of another authority",
  "expired",
  "self-signed",
] as const;

function issue(name: string, authority: CertificateAuthority): Certificate {
  switch (name) {
    case "of another host":
      return authority.issue("elsewhere.example");
    case "of another authority":
      return new CertificateAuthority("another authority").issue("localhost");
    case "expired":
      return authority.issue("localhost", -1);
    case "self-signed":
      return CertificateAuthority.selfSigned("localhost");
    default:
      return authority.issue("localhost");
  }
}

/**
 * Has the server show a certificate, and both clients and psql log in with every sslmode, once with a root
 * certificate that is there and once with one that is not.
 */
export async function checkModes(
  { authority, folder, place, show, url }: TlsServer,
  name: typeof CERTIFICATES[number],
): Promise<void> {
  await show(issue(name, authority));
  const root = place("root.pem", authority.cert);
  for (const sslrootcert of [root, `${root}.missing`]) {
    const getIn = sslrootcert === root ? WITH_ROOT[name]! : WITHOUT_ROOT;
    for (const sslmode of MODES) {
      await checkLogin(url("anyhow", { ...given(sslmode), sslrootcert }), folder, getIn.includes(sslmode));
    }
  }
}

/** Has both clients and psql log in. @param getsIn whether they have to succeed */
export async function checkLogin(url: string, folder: string, getsIn: boolean): Promise<void> {
  const { measured, unmeasured } = await attempt(url);
  const what = `${url} ${measured} ${unmeasured}`;
  assert.deepEqual([measured === null, unmeasured === null], [getsIn, getsIn], what);
  const psql = await askPsql(url, folder);
  if (psql === null) return;
  witnessed++;
  assert.equal(psql.ok, getsIn, `${what} ${psql.said}`);
}

let witnessed = 0;

/**
 * A test of its own, after those of `checkLogin`: where there is no psql it is counted as ignored, and says so. All that
 * is held against libpq's documentation is held against it all the same.
 * @param atLeast logins that psql has to have tried
 */
export function testWitness(atLeast: number): void {
  const ignore = findProgram("psql") === null;
  Deno.test({
    name: ignore
      ? "skipped: psql is not on PATH, and was not the witness of these logins"
      : "psql was the witness of each login",
    ignore,
    fn: () => assert.ok(witnessed >= atLeast, `${witnessed} logins`),
  });
}

/** A mode as a parameter; without one it is the default. */
export function given(sslmode: string): Record<string, string> {
  return sslmode === "" ? {} : { sslmode };
}
