import { connect, type Socket } from 'node:net'
import type { Join } from './join.ts'
import { holdMsOf, type Surroundings } from './manner.ts'

/** A connection of a peer, and the one to the target that it goes on by. */
export class Link {
  readonly #peer: Socket
  readonly #around: Surroundings
  #target: Socket | undefined
  #fate: 'served' | 'left half open' = 'served'

  constructor(peer: Socket, port: number, around: Surroundings, join: Join) {
    this.#peer = peer
    this.#around = around
    peer.setNoDelay(true)
    peer.on('error', () => this.reset())
    const manner = around.mannerNow()
    if (manner.kind === 'reset' && Math.random() < manner.share) {
      peer.once('data', () => this.reset()) // it gets as far as asking
      return
    }
    // The kernel here has accepted already: what its answer would have taken is taken now.
    peer.pause()
    setTimeout(() => this.#open(port, join), holdMsOf(manner, 'bytes'))
  }

  #open(port: number, join: Join): void {
    if (this.#peer.destroyed || this.#fate !== 'served') return
    const host = this.#peer.localAddress?.replace(/^::ffff:/, '') ?? '127.0.0.1'
    const target = connect({ host, port, allowHalfOpen: true, noDelay: true })
    this.#target = target
    target.on('error', () => this.reset())
    join(this.#peer, target, this.#around)
    this.#peer.resume()
  }

  /** Both sides hear of it, unless the peer is to hear nothing. */
  reset(): void {
    this.#target?.resetAndDestroy()
    if (this.#fate === 'served') this.#peer.resetAndDestroy()
  }

  /** The target's side is gone, and the peer is told nothing: what it sends is swallowed. */
  leaveHalfOpen(): void {
    this.#fate = 'left half open'
    this.#target?.resetAndDestroy()
    this.#peer
      .removeAllListeners('data')
      .removeAllListeners('end')
      .on('data', () => undefined)
    this.#peer.resume()
  }

  /** A peer that was told nothing is told now, as by a machine that is back and knows of no such connection. */
  heal(): void {
    if (this.#fate === 'served') return
    this.#fate = 'served'
    this.reset()
  }

  onClose(done: () => void): void {
    this.#peer.on('close', () => {
      this.#target?.destroy()
      done()
    })
  }
}
