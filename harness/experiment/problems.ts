import type { z } from 'zod'
import { ZonefallError } from '../errors/zonefall-error.ts'
import { hintAt, keysAt } from './keys.ts'

/** What is wrong with an experiment, and where in it. */
export interface Problem {
  readonly path: readonly PropertyKey[]
  readonly text: string
  readonly code: 'EXPERIMENT_INVALID' | 'FAULT_UNKNOWN' | 'SLO_INVALID'
  /** By default the one of its code. */
  readonly advice?: string
}

/** Of what a schema did not take; `at` is where in the file its value stands. */
export function problemsIn(
  issues: readonly z.core.$ZodIssue[],
  schema: z.ZodType,
  at: readonly PropertyKey[] = [],
): Problem[] {
  return issues.flatMap(issue => {
    const path = [...at, ...issue.path]
    const problem = (text: string, where = path): Problem => ({
      path: where,
      text: path.length === 0 ? text : `${path.join('.')}: ${text}`,
      code: 'EXPERIMENT_INVALID',
    })
    if (issue.code === 'unrecognized_keys') {
      const known = keysAt(schema, issue.path)
      return issue.keys.map(key => problem(`Unrecognized key: "${key}"${hintAt(key, known)}`, [...path, key]))
    }
    return [problem(issue.message.endsWith('received undefined') ? 'is missing' : issue.message)]
  })
}

/** Reads a part that tells of its own troubles; those go to `problems`. */
export function readPart<T>(path: readonly PropertyKey[], read: () => T, problems: Problem[]): T | undefined {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof ZonefallError)) throw error
    const { code, message, advice } = error
    if (code !== 'FAULT_UNKNOWN' && code !== 'SLO_INVALID') throw error
    problems.push({ path, text: message, code, advice })
    return undefined
  }
}
