import { z } from 'zod'
import type { Fault } from './fault.ts'

/** A parameter of a fault, in words. */
export interface ParameterDescription {
  readonly name: string
  /** `1 to 60000`, `drop or reject` … */
  readonly values: string
  /** What it is when nothing is said; `undefined` when it is then not there. */
  readonly preset: string | undefined
  readonly description: string
}

interface Property {
  readonly type?: string
  readonly enum?: readonly unknown[]
  readonly default?: unknown
  readonly description?: string
  readonly minimum?: number
  readonly exclusiveMinimum?: number
  readonly maximum?: number
  readonly properties?: object
}

/** Read from its schema. */
export function describeParameters({ parameters }: Fault): ParameterDescription[] {
  const { properties = {} } = z.toJSONSchema(parameters, { io: 'input' }) as {
    properties?: Record<string, Property>
  }
  return Object.entries(properties).map(([name, property]) => ({
    name,
    values: valuesOf(property),
    preset: property.default === undefined ? undefined : String(property.default),
    description: property.description ?? '',
  }))
}

function valuesOf({ type, enum: words, properties, ...bounds }: Property): string {
  if (words) return words.join(' or ')
  if (properties) return `{ ${Object.keys(properties).join(', ')} }`
  if (bounds.maximum === undefined) return type ?? 'anything'
  const least = bounds.minimum ?? `above ${bounds.exclusiveMinimum}`
  return `${least} to ${bounds.maximum}`
}
