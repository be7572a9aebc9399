import type { StatsRow } from './rows.ts'

type Cell = string | number | undefined

export interface PageColumn {
  readonly title: string
  readonly cell: (row: StatsRow) => Cell
}

/** The groups of HAProxy's own page, each with its columns. */
export const GROUPS: readonly { readonly title: string; readonly columns: readonly PageColumn[] }[] = [
  {
    title: 'Server',
    columns: [
      { title: 'Status', cell: row => withAge(row) },
      { title: 'Last check', cell: row => check(row) },
      { title: 'Weight', cell: row => row['weight'] },
    ],
  },
  {
    title: 'Queue',
    columns: [
      { title: 'Now', cell: row => row['qcur'] },
      { title: 'Most', cell: row => row['qmax'] },
    ],
  },
  {
    title: 'A second',
    columns: [
      { title: 'Now', cell: row => row['req_rate'] ?? row['rate'] },
      { title: 'Most', cell: row => row['req_rate_max'] ?? row['rate_max'] },
    ],
  },
  {
    title: 'Sessions',
    columns: [
      { title: 'Now', cell: row => row['scur'] },
      { title: 'Most', cell: row => row['smax'] },
      { title: 'Limit', cell: row => row['slim'] },
      { title: 'Total', cell: row => row['stot'] },
    ],
  },
  {
    title: 'Milliseconds',
    columns: [
      { title: 'Connect', cell: row => row['ctime'] },
      { title: 'Answer', cell: row => row['rtime'] },
      { title: 'All', cell: row => row['ttime'] },
    ],
  },
  {
    title: 'Bytes',
    columns: [
      { title: 'In', cell: row => bytes(row['bin']) },
      { title: 'Out', cell: row => bytes(row['bout']) },
    ],
  },
  {
    title: 'Answers',
    columns: [
      { title: '2xx', cell: row => row['hrsp_2xx'] },
      { title: '4xx', cell: row => row['hrsp_4xx'] },
      { title: '5xx', cell: row => row['hrsp_5xx'] },
    ],
  },
  {
    title: 'Errors',
    columns: [
      { title: 'Request', cell: row => row['ereq'] },
      { title: 'Connect', cell: row => row['econ'] },
      { title: 'Answer', cell: row => row['eresp'] },
      { title: 'Retries', cell: row => row['wretr'] },
      { title: 'Moved', cell: row => row['wredis'] },
    ],
  },
  {
    title: 'Checks',
    columns: [
      { title: 'Failed', cell: row => row['chkfail'] },
      { title: 'Down', cell: row => row['chkdown'] },
      { title: 'Downtime', cell: row => age(row['downtime']) },
    ],
  },
]

function withAge(row: StatsRow): string {
  const since = age(row['lastchg'])
  return since === undefined ? `${row['status']}` : `${row['status']} for ${since}`
}

function check(row: StatsRow): Cell {
  const { check_status: status, check_code: code, check_duration: took, check_desc: found } = row
  if (status === undefined || took === undefined) return status
  const result = `${status}${code === undefined ? '' : `/${code}`} in ${took} ms`
  return found === 'passed' ? result : `${result}, ${found}`
}

export function age(seconds: Cell): string | undefined {
  if (typeof seconds !== 'number') return undefined
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`
  const hours = Math.floor(minutes / 60)
  return hours < 24 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`
}

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB']

function bytes(value: Cell): string | undefined {
  if (typeof value !== 'number') return undefined
  let amount = value
  let unit = 0
  while (amount >= 1_024 && unit < UNITS.length - 1) {
    amount /= 1_024
    unit += 1
  }
  return `${unit === 0 ? amount : amount.toFixed(1)} ${UNITS[unit]}`
}
