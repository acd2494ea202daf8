import { isRecord } from "../model/record.ts";
import { errorCode } from "./error_code.ts";
import type { Keep } from "./target.ts";

/** What came of a question. */
export interface Judgement {
  /** Null where it was answered; else the SQLSTATE, GraphQL code or HTTP status. */
  readonly error: string | null;
  /** The answer's JSON where it was kept or had to be looked at, undefined where it is none; or its text, see `Keep`. */
  readonly answer: unknown;
}

/** Of an answer with status 200 that is not what GraphQL answers: HTML of a proxy, no JSON, no `data`. */
export const INVALID_RESPONSE = "INVALID_RESPONSE";
/** Of an error without any code of its own. */
const GRAPHQL_ERROR = "GRAPHQL_ERROR";

/** Up to here parsing costs a few microseconds: a tenth of a request. */
const ALWAYS_PARSED = 1024;
const MOST_OF_A_MESSAGE = 1000;
const decoder = new TextDecoder();

/**
 * Judges an answer by https://spec.graphql.org/draft/#sec-Response-Format and its status. Whatever arrives gives a
 * judgement: a server may send anything.
 * @param keep whether the answer is wanted, and as what
 */
export function judgeAnswer(status: number, body: Uint8Array, keep: Keep): Judgement {
  return judgeText(status, decoder.decode(body), keep);
}

/** Judges an answer that is a text already, as `judgeAnswer` does. */
export function judgeText(status: number, text: string, keep: Keep): Judgement {
  const kept = keep === "text" ? text : undefined;
  if (status === 200 && keep !== true && isPlainlyRight(text)) return { error: null, answer: kept };
  const answer = parse(text);
  const error = errorOf(answer, status);
  return { error, answer: error === null ? kept ?? answer : answer };
}

/**
 * Whether a long answer holds data and no errors, without parsing it, which takes more CPU than all the rest of a
 * request. What may be either is parsed. That all of it arrived is known; that a server which says so much in order
 * writes JSON is believed.
 */
function isPlainlyRight(text: string): boolean {
  return text.length > ALWAYS_PARSED && text.startsWith('{"data":{') && text.endsWith("}}") &&
    !text.includes('"errors"') && !text.includes("\\u");
}

function errorOf(answer: unknown, status: number): string | null {
  const other = status === 200 ? INVALID_RESPONSE : String(status);
  if (!isRecord(answer)) return other;
  const { errors, data } = answer;
  if (Array.isArray(errors) ? errors.length > 0 : errors !== undefined && errors !== null) {
    return codeOf(errors) ?? (status === 200 ? GRAPHQL_ERROR : String(status));
  }
  return status === 200 && isRecord(data) ? null : other;
}

/** The SQLSTATE where the server passes it on, else GraphQL's own code, of the first error that has one. */
function codeOf(errors: unknown): string | null {
  for (const error of Array.isArray(errors) ? errors : [errors]) {
    if (!isRecord(error)) continue;
    const extensions = isRecord(error.extensions) ? error.extensions : {};
    const code = errorCode(error.errcode) ?? errorCode(extensions.errcode) ?? errorCode(extensions.code);
    if (code !== null) return code;
  }
  return null;
}

/** What an answer's first error says, for people; undefined where it says nothing. */
export function errorMessageOf(answer: unknown): string | undefined {
  if (!isRecord(answer)) return undefined;
  const { errors } = answer;
  for (const error of Array.isArray(errors) ? errors : [errors]) {
    const message = isRecord(error) ? error.message : error;
    if (typeof message === "string" && message !== "") return message.slice(0, MOST_OF_A_MESSAGE);
  }
  return undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
