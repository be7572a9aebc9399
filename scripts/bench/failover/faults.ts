import { docker } from '../balancer/docker.ts'
import type { RigServer } from './rig.ts'

/** What happens to one server of three, and how it is asked meanwhile. */
export interface FailoverCase {
  readonly name: string
  readonly method: 'GET' | 'POST'
  /** Resolves when the engine has done it. */
  inject(server: RigServer): Promise<unknown>
  /** What this balancer is to reach. */
  readonly bounds: Readonly<Partial<Record<Measure, string>>>
}

/** `late`: later than the healthy 99th percentile and 150 ms. */
export type Measure = 'bad' | 'late' | 'worst' | 'p99 healthy' | 'p99 during' | 'p99 ratio' | 'sent twice'

const kill = ({ id }: RigServer) => docker('kill', id)
const stop = ({ id }: RigServer) => docker('stop', '-t', '5', id)

export const CASES: readonly FailoverCase[] = [
  { name: 'kill, GET', method: 'GET', inject: kill, bounds: { bad: '0' } },
  { name: 'kill, POST', method: 'POST', inject: kill, bounds: { bad: 'in flight', 'sent twice': '0' } },
  {
    name: 'freeze, GET',
    method: 'GET',
    inject: ({ id }) => docker('pause', id),
    bounds: { bad: '0', late: '0' },
  },
  {
    // Its address does not refuse: it goes silent.
    name: 'cut, GET',
    method: 'GET',
    inject: ({ id, network }) => docker('network', 'disconnect', network, id),
    bounds: { bad: '0', late: '0' },
  },
  {
    name: 'slow by 300 ms, GET',
    method: 'GET',
    inject: ({ id }) => docker('kill', '-s', 'HUP', id),
    bounds: { bad: '0', 'p99 ratio': '≤ 2' },
  },
  {
    name: '503, GET',
    method: 'GET',
    inject: ({ id }) => docker('kill', '-s', 'USR2', id),
    bounds: { bad: '0' },
  },
  { name: 'graceful stop, GET', method: 'GET', inject: stop, bounds: { bad: '0' } },
  { name: 'graceful stop, POST', method: 'POST', inject: stop, bounds: { bad: '0', 'sent twice': '0' } },
]
