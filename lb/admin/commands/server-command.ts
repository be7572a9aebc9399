import { z } from 'zod'
import type { Order } from '../../server/backend.ts'

const weightSchema = z.strictObject({ weight: z.int().min(0).max(256) })

export type Reading =
  | { readonly kind: 'order'; readonly order: Order }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'refused'; readonly problem: string }

/** `POST /v1/servers/NAME/WORD`, and what came with it. */
export function readOrder(word: string, body: string): Reading {
  switch (word) {
    case 'drain':
    case 'maint':
    case 'ready':
      return { kind: 'order', order: { administration: word } }
    case 'weight':
      return readWeight(body)
    default:
      return { kind: 'unknown' }
  }
}

function readWeight(body: string): Reading {
  const read = weightSchema.safeParse(parse(body))
  return read.success
    ? { kind: 'order', order: read.data }
    : { kind: 'refused', problem: 'send {"weight": N}, N a whole number from 0 to 256' }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // the schema says what is wanted
  }
}
