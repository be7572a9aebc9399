import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'

const PROCESS = new URL('./soak-server-process.ts', import.meta.url)

/** One server of a soak, in a process that is killed, stopped and begun again. */
export class SoakServer implements AsyncDisposable {
  readonly name: string
  readonly port: number
  readonly #deeds: string
  #child: ChildProcess

  private constructor(name: string, deeds: string, child: ChildProcess, port: number) {
    this.name = name
    this.#deeds = deeds
    this.#child = child
    this.port = port
  }

  static async start(name: string, deeds: string): Promise<SoakServer> {
    const { child, port } = await begin(0, deeds)
    return new SoakServer(name, deeds, child, port)
  }

  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const exited = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await exited
  }

  /** On the port that it had. */
  async restart(): Promise<void> {
    const { child } = await begin(this.port, this.#deeds)
    this.#child = child
  }

  freeze(): void {
    this.#child.kill('SIGSTOP')
  }

  thaw(): void {
    this.#child.kill('SIGCONT')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill()
  }
}

async function begin(port: number, deeds: string): Promise<{ child: ChildProcess; port: number }> {
  const child = fork(PROCESS, [String(port), deeds], { execArgv: [] })
  const [said] = await Promise.race([once(child, 'message'), once(child, 'exit').then(() => [undefined])])
  if (typeof said !== 'number') throw new Error(`a server of the soak did not start on port ${port}`)
  return { child, port: said }
}
