/** The schema beside the documents, for editors; its name hides it from the manager. */
export const SCHEMA_FILE = '.desired.schema.json';

/** The commented document that `init` writes into an empty folder. */
export function firstDocument(): string {
  return `# yaml-language-server: $schema=${SCHEMA_FILE}
#
# What mcp-manager keeps running. Edit and save: it plans, applies and verifies the difference.
# \`mcp-manager schema\` prints the schema that explains every field.
apiVersion: mcp-manager/v1
services:
  # The name of a service; it is reached at /mcp/echo.
  echo:
    # A file of the templates folder (echo.json); or \`image:\`, or \`command:\` for a program.
    template: echo
    # Parameters of the template.
    with:
      greeting: hello
    # Values in clear, or references: {secret: "/mcp/echo#API_KEY"} or {secret: "env:MCP_SECRET_API_KEY"}.
    # env:
    #   LOG_LEVEL: info
    # resources: {memory: 256Mi, cpu: 0.5, pids: 128}
    # power: off   # stops it and keeps it declared
`;
}
