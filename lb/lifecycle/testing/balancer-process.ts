import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect } from 'vitest'

const MAIN = new URL('../../main.ts', import.meta.url).pathname
const POLL = { interval: 5, timeout: 8_000 }

export interface BalancerProcess extends AsyncDisposable {
  readonly trafficPort: number
  readonly adminPort: number
  readonly configPath: string
  /** What it wrote on standard output, one object a line. */
  readonly lines: Record<string, unknown>[]
  signal(signal: NodeJS.Signals): void
  /** The first line of that event after those seen by the last call. */
  next(event: string): Promise<Record<string, unknown>>
}

/** The balancer as it is deployed: a process, a file, signals. Ready once it listens. */
export async function startBalancerProcess(
  yaml: string,
  env: NodeJS.ProcessEnv = {},
): Promise<BalancerProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'lb-'))
  const configPath = join(folder, 'lb.yml')
  await writeFile(configPath, yaml)
  const child = spawn(process.execPath, [MAIN, configPath], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  const lines: Record<string, unknown>[] = []
  createInterface({ input: child.stdout }).on('line', line => lines.push(JSON.parse(line)))
  let seen = 0
  const next = async (event: string) => {
    const find = () => lines.findIndex((line, index) => index >= seen && line['event'] === event)
    await expect.poll(find, POLL).toBeGreaterThanOrEqual(0)
    seen = find() + 1
    return lines[seen - 1] ?? {}
  }
  const serving = await next('serving')
  return {
    trafficPort: portOf(serving['bind']),
    adminPort: portOf(serving['admin']),
    configPath,
    lines,
    signal: signal => void child.kill(signal),
    next,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL')
      await exited
      await rm(folder, { recursive: true })
    },
  }
}

function portOf(address: unknown): number {
  return Number(String(address).split(':').at(-1))
}
