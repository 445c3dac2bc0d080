const FORMS: readonly RegExp[] = [
  /^env:[A-Za-z_][A-Za-z0-9_]*$/,
  /^file:(?!\/)(?!(?:.*\/)?\.\.?(?:\/|$))[A-Za-z0-9._/-]+$/,
  /^\/[^#\s]*#[^#\s]+$/,
  /^secret_ref:[^\s]+$/,
];

export const SECRET_FORMS =
  'write "/path#KEY" (default provider), "env:NAME", "file:folder/key" or "secret_ref:…"';

/** Whether the text is a reference of a known form; says nothing of whether it can be resolved. */
export function isSecretReference(text: string): boolean {
  return text.length <= 1_024 && FORMS.some((form) => form.test(text));
}
