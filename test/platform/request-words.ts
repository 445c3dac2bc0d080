/** The words of the original for a field that must be there. */
export function requiredText(field: string): string {
  return `Key: '${field}' Error:Field validation for '${field.split('.').at(-1)}' failed on the 'required' tag`;
}

/** How its words for a field of a wrong type begin. */
export const UNREADABLE = 'json: cannot unmarshal';
