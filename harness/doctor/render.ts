import pc from 'picocolors'
import type { FindingStatus } from './finding.ts'
import type { CheckResult } from './run-checks.ts'

const STATUSES: readonly FindingStatus[] = ['fine', 'limited', 'broken']
const STATUS_WIDTH = 7

/**
 * A line for each check, its advice beneath it, and the count at the end:
 *
 *     limited  netem   Error: Specified qdisc kind is unknown.
 *                      → Instead of it: the statistic match for loss, …
 */
export function renderResults(results: readonly CheckResult[], { colour }: { colour: boolean }): string[] {
  const { green, yellow, red, dim } = pc.createColors(colour)
  const shades: Record<FindingStatus, (text: string) => string> = {
    fine: green,
    limited: yellow,
    broken: red,
  }
  const nameWidth = Math.max(...results.map(({ name }) => name.length))
  const indent = ' '.repeat(STATUS_WIDTH + 2 + nameWidth + 2)
  return [
    ...results.flatMap(({ name, status, detail, advice }) => [
      `${shades[status](status.padEnd(STATUS_WIDTH))}  ${name.padEnd(nameWidth)}  ${detail}`,
      ...(advice === null ? [] : [`${indent}${dim('→')} ${advice}`]),
    ]),
    STATUSES.map(status => `${results.filter(result => result.status === status).length} ${status}`).join(
      ', ',
    ),
  ]
}
