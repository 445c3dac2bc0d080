/** `until 00:02:00 UTC`; with its date when that is not the day the plan was made. Both RFC 3339. */
export function formatUntil(until: string, createdAt: string): string {
  const [date = '', time = ''] = until.split('T');
  const day = createdAt.startsWith(date) ? '' : `${date} `;
  return `until ${day}${time.slice(0, 8)} UTC`;
}
