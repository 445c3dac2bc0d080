/** The body of every error of the platform's routes (wire.md §1). */
export interface ErrorBody {
  /** `container_not_found`, `invalid_request` and the like. */
  readonly error: string;
  /** The HTTP status. */
  readonly code: number;
  readonly message: string;
}

export function toErrorBody(error: string, code: number, message: string): ErrorBody {
  return { error, code, message };
}
