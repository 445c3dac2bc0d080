/** One event, status or line of output is far smaller; bounds memory against a broken peer. */
const LONGEST_LINE_CHARACTERS = 16 * 1024 * 1024;

/** The lines of an answer as they come, without empty ones. */
export async function* readLines(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > LONGEST_LINE_CHARACTERS) throw new Error('a line of the answer has no end');
    yield* lines.filter((line) => line !== '');
  }
  if (rest !== '') yield rest;
}
