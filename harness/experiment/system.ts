import { dirname, resolve } from 'node:path'
import { z } from 'zod'

export const systemSchema = z
  .strictObject({
    file: z.string().min(1).describe('its Compose file, relative to the experiment’s: docker-compose.yml'),
    environment: z
      .record(z.string(), z.string())
      .optional()
      .describe('variables that the Compose file reads: { REMEDY: none }'),
  })
  .readonly()

export type ExperimentSystem = z.output<typeof systemSchema>

/** As an experiment in this file means it: with an absolute path. */
export function placedSystem(system: ExperimentSystem, experimentFile: string): ExperimentSystem {
  return { ...system, file: resolve(dirname(experimentFile), system.file) }
}
