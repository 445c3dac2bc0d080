/** What the platform's routes do not do, with their own word for why; answered as `{error, code, message}`. */
export class PlatformRefusal extends Error {
  readonly statusCode: 400 | 403 | 404 | 409 | 500;
  /** `container_not_found`, `invalid_request` and the like. */
  readonly word: string;

  constructor(statusCode: PlatformRefusal['statusCode'], word: string, message: string) {
    super(message);
    this.name = 'PlatformRefusal';
    this.statusCode = statusCode;
    this.word = word;
  }
}

export function invalidRequest(message: string): PlatformRefusal {
  return new PlatformRefusal(400, 'invalid_request', message);
}
