/** What is written in place of what is so. */
export interface Wrong {
  readonly version?: number;
  readonly headersStart?: number;
  readonly bodyStart?: number;
  readonly headerCount?: number;
  /** Of the first name. */
  readonly nameLength?: number;
}

/** A message as FastStream 0.6 writes it (BinaryMessageFormatV1). */
export function binaryEnvelope(
  body: string,
  headers: Readonly<Record<string, string>>,
  wrong: Wrong = {},
): Buffer {
  const texts = Object.entries(headers).flat().map(toText);
  const [name] = texts;
  if (wrong.nameLength !== undefined) name?.writeUInt16BE(wrong.nameLength);
  const count = Buffer.alloc(2);
  count.writeUInt16BE(wrong.headerCount ?? texts.length / 2);
  const head = Buffer.concat([count, ...texts]);
  const preamble = Buffer.alloc(18);
  preamble.set([0x89, 0x42, 0x49, 0x4e, 0x0d, 0x0a, 0x1a, 0x0a]);
  preamble.writeUInt16BE(wrong.version ?? 1, 8);
  preamble.writeUInt32BE(wrong.headersStart ?? preamble.length, 10);
  preamble.writeUInt32BE(wrong.bodyStart ?? preamble.length + head.length, 14);
  return Buffer.concat([preamble, head, Buffer.from(body)]);
}

function toText(text: string): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(Buffer.byteLength(text));
  return Buffer.concat([length, Buffer.from(text)]);
}
