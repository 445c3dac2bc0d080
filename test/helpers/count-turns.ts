/** How many turns others had until some work was done. */
export async function countTurns<Result>(
  work: () => Promise<Result>,
): Promise<{ readonly turns: number; readonly result: Result }> {
  let turns = 0;
  const turn = (): void => {
    turns += 1;
    next = setImmediate(turn);
  };
  let next = setImmediate(turn);
  try {
    const result = await work();
    return { turns, result };
  } finally {
    clearImmediate(next);
  }
}
