import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { createInterface } from 'node:readline'

// What a standing helper runs (proxy-program.ts hands this text over as it is, so that it can import nothing of ours):
//
//   a peer ─> eth0 ─ PREROUTING: REDIRECT ─> the proxy ─> lo ─> the target's own port
//
// From `begin` on all new connections to the target's ports go through it. It passes everything on as it comes
// until `inject`, which is told a manner, and does so again from `heal` on. `show` tells how it stands.

/** What becomes of connections. Shares are of connections, 0 to 1. */
type Manner =
  | { readonly kind: 'pass' }
  | { readonly kind: 'latency'; readonly delayMs: number; readonly jitterMs: number }
  | { readonly kind: 'reset'; readonly share: number }
  | { readonly kind: 'slow-close'; readonly delayMs: number }
  | { readonly kind: 'half-open'; readonly share: number }

interface Settings {
  readonly ports: readonly number[]
  readonly clearScript: string
  readonly chains: { readonly in: string; readonly nat: string }
  readonly expiresSeconds: number
}

const MOST_WAITING_BYTES = 1024 * 1024

/** Bytes on their way to a socket, each held back for a time, none overtaking another. */
class Line {
  readonly #to: Socket
  readonly #waiting: { dueMs: number; bytes: Buffer | null }[] = []
  #waitingBytes = 0
  #timer: NodeJS.Timeout | undefined
  #lastDueMs = 0

  constructor(from: Socket, to: Socket, holdMs: (what: 'bytes' | 'end') => number) {
    this.#to = to
    from.on('data', bytes => {
      this.#push(bytes, holdMs('bytes'))
      if (this.#isFull()) from.pause()
    })
    from.on('end', () => this.#push(null, holdMs('end')))
    to.on('drain', () => from.resume())
    this.#onSpace = () => from.resume()
  }

  readonly #onSpace: () => void

  #isFull(): boolean {
    return this.#waitingBytes > MOST_WAITING_BYTES || this.#to.writableLength > MOST_WAITING_BYTES
  }

  #push(bytes: Buffer | null, holdMs: number): void {
    this.#lastDueMs = Math.max(this.#lastDueMs, performance.now() + holdMs)
    this.#waiting.push({ dueMs: this.#lastDueMs, bytes })
    this.#waitingBytes += bytes?.length ?? 0
    if (this.#timer === undefined) this.#deliver()
  }

  #deliver(): void {
    this.#timer = undefined
    for (let [first] = this.#waiting; first; [first] = this.#waiting) {
      const waitMs = first.dueMs - performance.now()
      if (waitMs > 0) {
        this.#timer = setTimeout(() => this.#deliver(), waitMs)
        return
      }
      this.#waiting.shift()
      this.#waitingBytes -= first.bytes?.length ?? 0
      if (this.#to.destroyed) continue
      if (first.bytes) this.#to.write(first.bytes)
      else this.#to.end()
      if (!this.#isFull()) this.#onSpace()
    }
  }
}

/** A connection of a peer, and the one to the target that it goes on by. */
class Link {
  readonly #peer: Socket
  #target: Socket | undefined
  #fate: 'served' | 'left half open' = 'served'

  constructor(peer: Socket, port: number, mannerNow: () => Manner) {
    this.#peer = peer
    peer.setNoDelay(true)
    peer.on('error', () => this.reset())
    const manner = mannerNow()
    if (manner.kind === 'reset' && Math.random() < manner.share) {
      peer.once('data', () => this.reset()) // it gets as far as asking
      return
    }
    // The kernel here has accepted already: what its answer would have taken is taken now.
    peer.pause()
    setTimeout(() => this.#open(port, mannerNow), holdMsOf(manner, 'bytes'))
  }

  #open(port: number, mannerNow: () => Manner): void {
    if (this.#peer.destroyed || this.#fate !== 'served') return
    const host = this.#peer.localAddress?.replace(/^::ffff:/, '') ?? '127.0.0.1'
    const target = connect({ host, port, allowHalfOpen: true, noDelay: true })
    this.#target = target
    target.on('error', () => this.reset())
    new Line(target, this.#peer, what => holdMsOf(mannerNow(), what))
    new Line(this.#peer, target, what => (what === 'end' ? holdMsOf(mannerNow(), what) : 0))
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

function holdMsOf(manner: Manner, what: 'bytes' | 'end'): number {
  if (manner.kind === 'latency')
    return Math.max(0, manner.delayMs + (2 * Math.random() - 1) * manner.jitterMs)
  return manner.kind === 'slow-close' && what === 'end' ? manner.delayMs : 0
}

class Relay {
  readonly #settings: Settings
  readonly #links = new Set<Link>()
  #manner: Manner = { kind: 'pass' }
  #struck = 0

  constructor(settings: Settings) {
    this.#settings = settings
  }

  async begin(): Promise<void> {
    const pairs: [number, number][] = []
    for (const port of this.#settings.ports) pairs.push([port, await this.#listenFor(port)])
    redirect(pairs, this.#settings.chains, 'iptables')
    if (runs('ip6tables', ['-t', 'nat', '-L', '-n'])) redirect(pairs, this.#settings.chains, 'ip6tables')
  }

  inject(manner: Manner): void {
    this.#manner = manner
    this.#struck = 0
    if (manner.kind !== 'reset' && manner.kind !== 'half-open') return
    for (const link of this.#links) {
      if (Math.random() >= manner.share) continue
      this.#struck += 1
      if (manner.kind === 'reset') link.reset()
      else link.leaveHalfOpen()
    }
  }

  heal(): void {
    this.#manner = { kind: 'pass' }
    for (const link of this.#links) link.heal()
  }

  show(): string {
    const { kind } = this.#manner
    return JSON.stringify({ kind, connections: this.#links.size, struck: this.#struck })
  }

  clear(): void {
    execFileSync('/bin/sh', ['-c', this.#settings.clearScript], { stdio: 'pipe' })
  }

  async #listenFor(port: number): Promise<number> {
    const server = createServer({ allowHalfOpen: true }, peer => {
      const link = new Link(peer, port, () => this.#manner)
      this.#links.add(link)
      link.onClose(() => this.#links.delete(link))
    })
    server.listen(0)
    await once(server, 'listening')
    return (server.address() as AddressInfo).port
  }
}

/**
 * New connections are led to the proxy. Those that were open before go on past it, and are reset once they are
 * used: whoever is at the other end opens a new one, before anything is measured.
 */
function redirect(
  pairs: readonly (readonly [number, number])[],
  chains: Settings['chains'],
  program: string,
): void {
  const rule = (...text: string[]) => execFileSync(program, ['-w', '5', ...text], { stdio: 'pipe' })
  const arriving = (port: number) => ['!', '-i', 'lo', '-p', 'tcp', '--dport', String(port)]
  rule('-t', 'nat', '-N', chains.nat)
  rule('-N', chains.in)
  for (const [port, ours] of pairs) {
    rule('-t', 'nat', '-A', chains.nat, ...arriving(port), '-j', 'REDIRECT', '--to-ports', String(ours))
    rule('-A', chains.in, ...arriving(port), '-j', 'REJECT', '--reject-with', 'tcp-reset')
  }
  rule('-t', 'nat', '-I', 'PREROUTING', '1', '-j', chains.nat)
  rule('-I', 'INPUT', '1', '-j', chains.in)
}

function runs(program: string, args: readonly string[]): boolean {
  try {
    execFileSync(program, [...args], { stdio: 'pipe' })
    return true
  } catch {
    return false
  }
}

async function obey(relay: Relay, line: string): Promise<string> {
  const [word = '', ...rest] = line.split(' ')
  if (word === 'begin') await relay.begin()
  else if (word === 'inject') relay.inject(JSON.parse(rest.join(' ')))
  else if (word === 'heal') relay.heal()
  else if (word === 'clear') relay.clear()
  else if (word !== 'show') throw new Error(`it knows no \`${word}\``)
  return relay.show()
}

const settings = JSON.parse(process.argv.at(-1) ?? '') as Settings
const relay = new Relay(settings)
const end = (): never => {
  relay.clear()
  process.exit(0)
}
setTimeout(end, settings.expiresSeconds * 1000)
for await (const line of createInterface({ input: process.stdin })) {
  const said = await obey(relay, line).then(
    text => `${text}\n@ 0\n`,
    (error: unknown) => `${error instanceof Error ? error.message : error}\n@ 1\n`,
  )
  process.stdout.write(said)
}
end()
