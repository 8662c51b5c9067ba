/** `""` and `null` on the wire mean absent. */
export function optionalText(value: string | null | undefined): string | undefined {
  return value === null || value === '' ? undefined : value;
}
