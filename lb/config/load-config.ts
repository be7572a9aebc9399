import { readFileSync } from 'node:fs'
import { isNode, LineCounter, parseDocument } from 'yaml'
import type { z } from 'zod'
import { uselessSettings } from './engine-settings.ts'
import { changedFixedSettings } from './fixed-settings.ts'
import { type Config, configSchema } from './schema.ts'

/** The message names the file, the line and what to write instead, one problem a line. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

/** `running`: the configuration that this one is to follow without a restart. */
export function loadConfig(path: string, running?: Config): Config {
  return parseConfig(readText(path), path, running)
}

export function parseConfig(text: string, path: string, running?: Config): Config {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  if (document.errors.length > 0) {
    throw new ConfigError(
      document.errors.map(e => `${path}:${lines.linePos(e.pos[0]).line}: ${e.message}`).join('\n'),
    )
  }
  const read = configSchema.safeParse(document.toJS() ?? {})
  if (!read.success) {
    throw new ConfigError(
      read.error.issues
        .map(issue =>
          problem(locate(issue), `${document.hasIn(issue.path) ? '' : 'missing; '}${describe(issue)}`),
        )
        .join('\n'),
    )
  }
  const wrong = [
    ...uselessSettings(read.data, where => document.hasIn(where)),
    ...(running ? changedFixedSettings(read.data, running) : []),
  ]
  if (wrong.length > 0) throw new ConfigError(wrong.map(one => problem(one.path, one.message)).join('\n'))
  return read.data

  function problem(where: readonly PropertyKey[], message: string): string {
    return `${path}:${lineOf(where)}: ${where.join('.') || 'the file'}: ${message}`
  }

  /** The line of the deepest part of that path which the file has. */
  function lineOf(where: readonly PropertyKey[]): number {
    for (let depth = where.length; depth > 0; depth -= 1) {
      const node: unknown = document.getIn(where.slice(0, depth), true)
      if (isNode(node) && node.range) return lines.linePos(node.range[0]).line
    }
    return 1
  }
}

function locate(issue: z.core.$ZodIssue): PropertyKey[] {
  return issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0] ?? ''] : [...issue.path]
}

function describe(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') return 'no such setting; remove it or correct its name'
  return issue.message
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new ConfigError(`${path}: cannot be read; give the path of a readable file`, { cause })
  }
}
