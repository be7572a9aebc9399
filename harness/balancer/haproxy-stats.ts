import type { ServerState } from '../history/event.ts'
import type { Standing } from './adapter.ts'

const SERVER_TYPE = '2' // 0: frontend, 1: backend, 3: listener

/**
 * The servers of HAProxy's statistics as CSV (`<stats uri>;csv`, or `show stat` on its stats socket); the
 * columns are in its management guide, 9.1. Throws what it got instead if it is something else.
 */
export function parseStats(csv: string): Standing[] {
  if (!csv.startsWith('# ')) throw new Error(`not statistics of HAProxy: ${firstLine(csv)}`)
  const [head = [], ...rows] = records(csv.slice(2))
  const columns = new Map(head.map((name, index) => [name, index]))
  for (const name of ['pxname', 'svname', 'status', 'type']) {
    if (!columns.has(name)) throw new Error(`statistics of HAProxy without the column \`${name}\``)
  }
  return rows.flatMap(row => {
    const cell = (name: string) => row[columns.get(name) ?? -1] ?? ''
    if (cell('type') !== SERVER_TYPE) return []
    const status = cell('status')
    return {
      server: `${cell('pxname')}/${cell('svname')}`,
      address: cell('addr') || null, // told on the socket to an operator, on the page with `stats show-legends`
      state: stateOf(status, cell('weight')),
      cause: [status, lastCheck(cell('check_status'))].filter(Boolean).join(', '),
    }
  })
}

/**
 * Whether new traffic goes to the server. `UP 1/3` has failed a check but is in rotation still; `DOWN 1/2`
 * has passed one and is not in it yet. An operator's MAINT, DRAIN, NOLB (a 404 to its check) and weight 0
 * take it out on purpose: `drain`. `MAINT (resolution)` is its name's having no address: `down`.
 */
export function stateOf(status: string, weight: string): ServerState {
  if (status.startsWith('UP') || status === 'no check') return weight === '0' ? 'drain' : 'up'
  if (status.startsWith('DOWN') || status === 'MAINT (resolution)') return 'down'
  if (/^(MAINT|DRAIN|NOLB)/.test(status)) return 'drain'
  throw new Error(`HAProxy told a status that is not known: ${status}`)
}

/** While a check is running, the status of the one before is marked `* `. */
function lastCheck(status: string): string {
  return status.replace(/^\* /, '')
}

/** Commas, quotes and line ends may be in a cell that is quoted; a quote in it is doubled. */
function records(text: string): string[][] {
  const rows: string[][] = []
  let row: string[] = []
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^,\n]*))(,|\n|$)/g)) {
    if (end === '' && row.length === 0 && quoted === undefined && plain === '') break
    row.push(quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"'))
    if (end === ',') continue
    if (row.length > 1 || row[0] !== '') rows.push(row)
    row = []
  }
  return rows
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0]?.slice(0, 100) || 'nothing'
}
