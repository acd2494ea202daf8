import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { type Binding, Scram } from "./auth.ts";
import type { ChannelBinding } from "./auth_options.ts";

/** What pg knows of certificates; it has no types. */
const { signatureAlgorithmHashFromCertificate } = createRequire(import.meta.url)(
  "pg/lib/crypto/cert-signatures.js",
) as { signatureAlgorithmHashFromCertificate(certificate: Uint8Array): string };

/**
 * What SCRAM is bound to. Where both sides could bind and the server seems not to, that is said: whoever stands
 * between and took the offer away is found out by the server.
 * @param offered names of the server's mechanisms
 * @param certificate the server's, DER; null where it cannot be had
 * @throws when the server offers no SCRAM, or a binding is required that is not to be had
 */
export function bindingOf(
  offered: readonly string[],
  wanted: ChannelBinding,
  certificate: Uint8Array | null,
): Binding {
  const hash = wanted === "disable" || certificate === null ? null : hashOf(certificate);
  if (hash !== null && offered.includes(Scram.boundMechanism)) return { kind: "certificate", data: hash };
  if (wanted === "require") {
    throw new Error(
      certificate === null
        ? "channel binding is required, and the connection has no TLS"
        : "channel binding is required, and the server does not offer it",
    );
  }
  if (!offered.includes(Scram.mechanism)) {
    throw new Error(`the server offers none of the mechanisms that are known: ${Scram.mechanism}`);
  }
  return { kind: "none", flag: hash === null ? "n" : "y" };
}

/** `tls-server-end-point` of RFC 5929: by the hash of the certificate's signature, SHA-256 instead of the weak ones. */
function hashOf(certificate: Uint8Array): Uint8Array | null {
  let name: string;
  try {
    name = signatureAlgorithmHashFromCertificate(certificate);
  } catch {
    return null;
  }
  const known = name === "MD5" || name === "SHA-1" ? "SHA-256" : name;
  return createHash(known.replace("SHA-", "sha")).update(certificate).digest();
}
