/** Does one thing after the other, in the order in which they were asked for; a failure fails alone. */
export type OneAtATime = <Result>(work: () => Promise<Result>) => Promise<Result>;

export function createOneAtATime(): OneAtATime {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work, work);
    last = mine.catch(() => undefined);
    return mine;
  };
}

/** The same with at most so many waiting for the one that is done; one more is refused with this. */
export function createShortQueue(mostWaiting: number, toRefusal: () => Error): OneAtATime {
  const inTurn = createOneAtATime();
  let open = 0;
  return async (work) => {
    if (open > mostWaiting) throw toRefusal();
    open += 1;
    try {
      return await inTurn(work);
    } finally {
      open -= 1;
    }
  };
}
