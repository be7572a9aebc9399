import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readlink, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import type { Held } from './memory-probe.ts'

const MAIN = new URL('../main.ts', import.meta.url).pathname
const PROBE = new URL('./memory-probe.ts', import.meta.url).href
const TOKEN = 'a-token-for-a-soak'
const RECOVERY_MS = 30_000
const LOOK_MS = 20

/** The balancer as it is deployed, a process, with what can be seen of it from outside. */
export class WatchedBalancer implements AsyncDisposable {
  readonly trafficPort: number
  readonly #adminPort: number
  readonly #child: ChildProcess

  private constructor(child: ChildProcess, trafficPort: number, adminPort: number) {
    this.#child = child
    this.trafficPort = trafficPort
    this.#adminPort = adminPort
  }

  static async start(folder: string, yaml: string): Promise<WatchedBalancer> {
    const path = join(folder, 'lb.yml')
    await writeFile(path, yaml)
    const child = spawn(process.execPath, ['--expose-gc', '--import', PROBE, MAIN, path], {
      env: { ...process.env, ZONEFALL_LB_TOKEN: TOKEN },
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    })
    for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
      const said = JSON.parse(line)
      if (said.event !== 'serving') continue
      child.stdout?.resume()
      return new WatchedBalancer(child, portOf(said.bind), portOf(said.admin))
    }
    throw new Error('the balancer of the soak did not start')
  }

  get pid(): number {
    return this.#child.pid ?? Number.NaN
  }

  /** Until all its servers are. */
  async allUp(): Promise<void> {
    const endMs = performance.now() + RECOVERY_MS
    for (;;) {
      const { servers } = JSON.parse(await this.#admin('GET', '/v1/servers'))
      const states = servers.map(({ state }: { state: string }) => state)
      if (states.every((state: string) => state === 'up')) return
      if (performance.now() > endMs) throw new Error(`the servers did not come back: ${states.join(', ')}`)
      await delay(LOOK_MS)
    }
  }

  async command(server: string, word: 'drain' | 'ready'): Promise<void> {
    await this.#admin('POST', `/v1/servers/${server}/${word}`)
  }

  /** Listening ones too. */
  async openSockets(): Promise<number> {
    const folder = `/proc/${this.pid}/fd`
    const links = await Promise.all(
      // Gone between listing and reading is not open.
      (await readdir(folder)).map(fd => readlink(join(folder, fd)).catch(() => '')),
    )
    return links.filter(link => link.startsWith('socket:')).length
  }

  async held(): Promise<Held> {
    const told = once(this.#child, 'message')
    this.#child.send('tell')
    const [held] = (await told) as [Held]
    return held
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const exited = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await exited
  }

  /** On a connection that ends with it: open ones are counted. */
  async #admin(method: string, path: string): Promise<string> {
    const asked = request({
      ...{ host: '127.0.0.1', port: this.#adminPort, method, path, agent: false },
      headers: { authorization: `Bearer ${TOKEN}` },
    }).end()
    const [answer] = await once(asked, 'response')
    const body = await text(answer)
    if (answer.statusCode !== 200) throw new Error(`${method} ${path}: ${answer.statusCode} ${body}`)
    return body
  }
}

function portOf(address: string): number {
  return Number(address.split(':').at(-1))
}
