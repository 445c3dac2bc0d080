/** Work with pauses, for who must not hold up others for as long as all of it takes. */
export type Parts<Result> = Generator<undefined, Result>;

/** Does all parts at one go. */
export function finish<Result>(parts: Parts<Result>): Result {
  for (;;) {
    const part = parts.next();
    if (part.done === true) return part.value;
  }
}
