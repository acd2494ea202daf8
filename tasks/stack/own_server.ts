import { placeOfUrl } from "../postgres/place.ts";
import { readRecords } from "./state.ts";

const HERE = ["127.0.0.1", "::1", "localhost"];

/** Whether a connection string leads to a PostgreSQL that this home has running, as that which `up` prints. */
export function isOwnServer(home: string, url: string): boolean {
  const { host, port } = placeOfUrl(url);
  return HERE.includes(host) &&
    readRecords(home).some((record) => record.name.startsWith("postgres") && record.port === port);
}
