/** What ends a line, steers a terminal or hides text: control, format and separator characters. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** The same text on one line, safe to print: causes may quote what a service wrote itself. */
export function oneLine(text: string): string {
  return text.replaceAll(UNPRINTABLE, (character) => {
    if (character === '\n') return String.raw`\n`;
    return String.raw`\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  });
}
