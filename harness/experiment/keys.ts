import { closest, distance } from 'fastest-levenshtein'
import { z } from 'zod'

/** The part of a JSON Schema that says which keys there are. */
interface Node {
  readonly properties?: Readonly<Record<string, Node>>
  readonly items?: Node
}

/** The keys that a schema knows at a place in its input; none where it does not say. */
export function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let node: Node | undefined = z.toJSONSchema(schema, { io: 'input' }) as Node
  for (const step of path) node = typeof step === 'number' ? node?.items : node?.properties?.[String(step)]
  return Object.keys(node?.properties ?? {})
}

/** `Did you mean …?` for a key that is near to one that there is; else all that there are. */
export function hintAt(key: string, known: readonly string[]): string {
  if (known.length === 0) return ''
  const nearest = closest(key, [...known])
  const isNear = distance(key.toLowerCase(), nearest.toLowerCase()) <= Math.max(2, nearest.length / 3)
  return isNear ? `. Did you mean \`${nearest}\`?` : `. There are: ${known.join(', ')}.`
}
