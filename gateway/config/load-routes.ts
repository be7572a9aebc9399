import { readFileSync } from 'node:fs'
import { isNode, LineCounter, parseDocument } from 'yaml'
import type { z } from 'zod'
import { crossCheck } from './cross-check.ts'
import { type RoutesFile, routesSchema } from './routes-schema.ts'

export type LoadedRoutes = { readonly ok: RoutesFile } | { readonly wrong: string }

export function loadRoutes(path: string): LoadedRoutes {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    return {
      wrong: `${path}: cannot be read (${(error as NodeJS.ErrnoException).code}); name a readable file`,
    }
  }
  return parseRoutes(text, path)
}

/** The routes, or what is wrong with the file: one line a fault, each `file:line: where: what to write`. */
export function parseRoutes(text: string, path: string): LoadedRoutes {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const lineAt = (offset: number) => lines.linePos(offset).line
  if (document.errors.length > 0) {
    return wrong(document.errors.map(error => `${lineAt(error.pos[0])}: ${oneLine(error.message)}`))
  }
  const read = routesSchema.safeParse(document.toJS() ?? {})
  if (!read.success) {
    return wrong(
      read.error.issues.flatMap(leafIssues).map(issue => {
        const at = placeOf(issue)
        const missing = issue.path.length > 0 && !document.hasIn(issue.path) ? 'missing; ' : ''
        return told(at, `${missing}${describe(issue)}`)
      }),
    )
  }
  const faults = crossCheck(read.data)
  return faults.length > 0 ? wrong(faults.map(({ at, what }) => told(at, what))) : { ok: read.data }

  function told(at: readonly PropertyKey[], what: string): string {
    return `${lineOf(at)}: ${at.join('.') || 'the file'}: ${what}`
  }

  /** The line of the deepest part of that path which the file has. */
  function lineOf(at: readonly PropertyKey[]): number {
    for (let depth = at.length; depth > 0; depth -= 1) {
      const node: unknown = document.getIn(at.slice(0, depth), true)
      if (isNode(node) && node.range) return lineAt(node.range[0])
    }
    return 1
  }

  function wrong(faults: readonly string[]): LoadedRoutes {
    return { wrong: faults.map(fault => `${path}:${fault}`).join('\n') }
  }
}

/** Of a union, what is wrong with the branch that was meant: the one whose faults lie within it. */
function leafIssues(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union') return [issue]
  const meant = issue.errors.find(branch => branch.some(inner => inner.path.length > 0 || hasKeys(inner)))
  if (!meant) return [issue]
  return meant.map(inner => ({ ...inner, path: [...issue.path, ...inner.path] })).flatMap(leafIssues)
}

function hasKeys(issue: z.core.$ZodIssue): boolean {
  return issue.code === 'unrecognized_keys'
}

function placeOf(issue: z.core.$ZodIssue): PropertyKey[] {
  return issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0] ?? ''] : [...issue.path]
}

function describe(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') return 'no such setting; remove it or correct its name'
  return oneLine(issue.message)
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ')
}
