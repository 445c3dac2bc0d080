/** What a tool answered. All of it comes from the server. */
export interface ToolResult {
  readonly isError: boolean;
  /** The texts of its content, joined by line ends. */
  readonly text: string;
  /** As the protocol has it: text, images, resources. */
  readonly content: readonly unknown[];
  readonly structuredContent?: unknown;
}
