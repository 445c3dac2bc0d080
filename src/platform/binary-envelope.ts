/** How FastStream 0.6 and later begins a message: a byte that is no text, `BIN`, and line ends. */
const MAGIC = Uint8Array.of(0x89, 0x42, 0x49, 0x4e, 0x0d, 0x0a, 0x1a, 0x0a);
const VERSION = 1;
/** Magic, version, and where headers and body begin. */
const PREAMBLE_BYTES = 18;

export type Body =
  | { readonly ok: true; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly cause: string };

/**
 * The body of a message in FastStream's BinaryMessageFormatV1 (wire.md §4.1), without copying it; any other
 * message is its own body. Headers are held against their lengths and not read. Never throws.
 */
export function openBinaryEnvelope(message: Uint8Array): Body {
  if (!MAGIC.every((byte, at) => message[at] === byte)) return { ok: true, bytes: message };
  if (message.length < PREAMBLE_BYTES) return refuse('the binary envelope is cut short');
  const view = new DataView(message.buffer, message.byteOffset, message.length);
  if (view.getUint16(8) !== VERSION) return refuse('the binary envelope has an unknown version');
  const headersStart = view.getUint32(10);
  const bodyStart = view.getUint32(14);
  const isOrdered = PREAMBLE_BYTES <= headersStart && headersStart <= bodyStart;
  if (!isOrdered || bodyStart > message.length || !headersFit(view, headersStart, bodyStart)) {
    return refuse('the lengths in the binary envelope are wrong');
  }
  return { ok: true, bytes: message.subarray(bodyStart) };
}

function refuse(cause: string): Body {
  return { ok: false, cause };
}

const LENGTH_BYTES = 2;

/** A count, then a name and a value for each, every text behind its length; all before `end`. */
function headersFit(view: DataView, start: number, end: number): boolean {
  if (start + LENGTH_BYTES > end) return false;
  const texts = 2 * view.getUint16(start);
  let at = start + LENGTH_BYTES;
  for (let text = 0; text < texts; text += 1) {
    if (at + LENGTH_BYTES > end) return false;
    at += LENGTH_BYTES + view.getUint16(at);
  }
  return at <= end;
}
