/** Control characters (but tab and line feed), and those that turn the direction of text around. */
const UNSAFE = /(?![\t\n])[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/gu;

/** Foreign text without anything that a terminal would obey. */
export function toPlainText(text: string): string {
  return text.replaceAll(UNSAFE, '');
}

/** Foreign text as a part of one line, cut where it is longer. */
export function toLine(text: string, longest: number): string {
  const line = toPlainText(text).replaceAll(/\s+/g, ' ').trim();
  return line.length > longest ? `${line.slice(0, longest)}…` : line;
}
