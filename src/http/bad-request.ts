/** What a client wrote cannot be understood: status 400, in the words of the message. */
export function badRequest(message: string): Error {
  return Object.assign(new Error(message), { statusCode: 400 });
}
