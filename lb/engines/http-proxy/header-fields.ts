/** Name, value, name, value as Node's messages have them: names in small letters, a repeated one with a list. */
export function headerFields(raw: readonly string[]): Record<string, string | string[]> {
  const fields: Record<string, string | string[]> = {}
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = (raw[at] as string).toLowerCase()
    const value = raw[at + 1] as string
    const others = fields[name]
    fields[name] = others === undefined ? value : [others, value].flat()
  }
  return fields
}
