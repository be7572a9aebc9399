import { z } from 'zod'
import { FAULTS } from '../faults/catalogue.ts'
import { experimentSchema } from './experiment.ts'

type Json = Record<string, unknown>

/** The JSON Schema of an experiment in YAML, for editors: every key, every fault with what it may be told. */
export function experimentJsonSchema(): Json {
  const { properties, ...schema } = toJson(experimentSchema) as { properties: Record<string, Json> }
  const { fault, faults, ...others } = properties
  const entry = (faults?.['items'] ?? {}) as { properties: Record<string, Json> }
  const anyFault = ({ description }: Json = {}) => ({
    ...(description ? { description } : {}),
    $ref: '#/definitions/fault',
  })
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    ...schema,
    title: 'An experiment of Zonefall',
    properties: {
      ...others,
      fault: anyFault(fault),
      faults: {
        ...faults,
        items: { ...entry, properties: { ...entry.properties, fault: anyFault(entry.properties['fault']) } },
      },
    },
    definitions: { fault: { anyOf: FAULTS.map(faultSchemaOf) } },
  }
}

function faultSchemaOf({ kind, summary, parameters }: (typeof FAULTS)[number]): Json {
  const { properties = {}, required = [] } = toJson(parameters) as { properties?: Json; required?: string[] }
  return {
    description: summary,
    type: 'object',
    properties: { kind: { const: kind }, ...properties },
    required: ['kind', ...required],
    additionalProperties: false,
  }
}

/** As it may be written: what has a default need not be. */
function toJson(schema: z.ZodType): Json {
  const { $schema: _, ...json } = z.toJSONSchema(schema, {
    io: 'input',
    target: 'draft-7', // what editors of YAML know best
    override: ({ jsonSchema }) => {
      delete jsonSchema.readOnly // of what is frozen once it is read
    },
  }) as Json
  return json
}
