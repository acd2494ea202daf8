import { ServiceError } from "../model/errors.ts";

/**
 * A spool that cannot be loaded, and will not be however often it is tried: a later start sets it aside. What a
 * store cannot take at the moment is another ServiceError.
 */
export class SpoolError extends ServiceError {
  override name = "SpoolError";
}
