import { send } from '../../../testing/start-balancer.ts'

export type StatsCells = Readonly<Record<string, string>>

/** One row of the statistics, by the columns' names. No cell of a test's holds a comma. */
export async function readStats(adminPort: number, svname: string): Promise<StatsCells> {
  const { body } = await send(adminPort, { path: '/stats;csv' })
  const [head = '', ...rows] = body.trim().split('\n')
  const names = head.replace('# ', '').split(',')
  const row = rows.map(line => line.split(',')).find(cells => cells[1] === svname)
  if (!row) throw new Error(`no row ${svname} in:\n${body}`)
  return Object.fromEntries(names.map((name, index) => [name, row[index] ?? '']))
}
