/** One request, as all sides send it again and again. */
export interface Question {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** As Benchbook's own requests have it. */
const ACCEPT = "application/graphql-response+json, application/json";

/** A question's headers, and those that say what goes to and fro. */
export function jsonHeaders({ headers }: Pick<Question, "headers">): Record<string, string> {
  return { "content-type": "application/json", accept: ACCEPT, ...headers };
}
