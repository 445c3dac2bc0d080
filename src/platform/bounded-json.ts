/** Levels of maps and lists in one text; core needs six. */
const MOST_LEVELS = 32;

/** What was read, or why nothing could be. The cause never repeats what was written. */
export type Parsed =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly cause: string };

/** JSON in UTF-8. The caller bounds its length; how deep it goes is bounded here. Never throws. */
export function parseJsonBytes(bytes: Uint8Array): Parsed {
  const text = decodeText(bytes);
  return text === undefined ? { ok: false, cause: 'it is no UTF-8' } : parseJsonText(text);
}

export function parseJsonText(text: string): Parsed {
  if (isTooDeep(text))
    return { ok: false, cause: `it is nested deeper than ${MOST_LEVELS} levels` };
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch {
    return { ok: false, cause: 'it is no JSON' };
  }
}

function decodeText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

const BACKSLASH = 0x5c;
const QUOTE = 0x22;
const OPENING = new Set([0x5b, 0x7b]);
const CLOSING = new Set([0x5d, 0x7d]);

/** Looked at before anything is built of it. */
function isTooDeep(text: string): boolean {
  let level = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at);
    else if (OPENING.has(code)) level += 1;
    else if (CLOSING.has(code)) level -= 1;
    if (level > MOST_LEVELS) return true;
  }
  return false;
}

/** Where the string that begins at `start` ends. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at;
    if (code === BACKSLASH) at += 1;
  }
  return text.length;
}
