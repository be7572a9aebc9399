import type { Socket } from 'node:net'
import { Line } from './line.ts'
import { holdMsOf, type Surroundings } from './manner.ts'

/** Leads what comes from either of two sockets on to the other. */
export type Join = (peer: Socket, target: Socket, around: Surroundings) => void

/** As it comes, whatever it means. */
export const joinPlainly: Join = (peer, target, { mannerNow }) => {
  lead(target, peer, what => holdMsOf(mannerNow(), what))
  lead(peer, target, what => (what === 'end' ? holdMsOf(mannerNow(), what) : 0))
}

function lead(from: Socket, to: Socket, holdMs: (what: 'bytes' | 'end') => number): void {
  const line = new Line(to, () => from.resume())
  from.on('data', bytes => {
    line.push(bytes, holdMs('bytes'))
    if (line.isFull) from.pause()
  })
  from.on('end', () => line.push('end', holdMs('end')))
}
