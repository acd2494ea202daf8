import { hint } from "../model/suggest.ts";
import { type ConnectionParameter, fault } from "./tls_options.ts";

/** How a session may begin: `none` where the server asks for nothing, be it by trust or by a certificate. */
export type AuthMethod = "none" | "password" | "md5" | "scram-sha-256";

/** Whether SCRAM is bound to the TLS connection, so that nobody can stand in between. */
export type ChannelBinding = "disable" | "prefer" | "require";

const METHODS: readonly AuthMethod[] = ["none", "password", "md5", "scram-sha-256"];
/** Known to libpq; a server that asks for them is refused here in any case. */
const OTHERS = ["gss", "sspi", "oauth"];
const BINDINGS: readonly ChannelBinding[] = ["disable", "prefer", "require"];

/**
 * What libpq makes of require_auth: the methods that the server may use, or with `!` those that it may not.
 * https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNECT-REQUIRE-AUTH
 * @throws {UsageError} when it names what is none.
 */
export function readRequiredAuth(parameter: ConnectionParameter): ReadonlySet<AuthMethod> {
  const value = parameter("require_auth");
  if (value === undefined || value === "") return new Set(METHODS);
  const given = value.split(",").map((name) => name.trim());
  const negated = given.filter((name) => name.startsWith("!")).length;
  if (negated !== 0 && negated !== given.length) {
    throw fault(`require_auth=${value} has methods with and without !`);
  }
  const names = given.map((name) => name.replace(/^!/, ""));
  for (const [at, name] of names.entries()) {
    const known = [...METHODS, ...OTHERS];
    if (!known.includes(name)) throw fault(`require_auth=${value} is unknown`, hint(name, known));
    if (names.indexOf(name) !== at) throw fault(`require_auth=${value} has a method twice`);
  }
  return new Set(METHODS.filter((method) => names.includes(method) === (negated === 0)));
}

/** @throws {UsageError} when it is none of disable, prefer and require */
export function readChannelBinding(parameter: ConnectionParameter): ChannelBinding {
  const value = (parameter("channel_binding") ?? "prefer") as ChannelBinding;
  if (!BINDINGS.includes(value)) throw fault(`channel_binding=${value} is unknown`, hint(value, BINDINGS));
  return value;
}
