import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

export interface ChildServer extends AsyncDisposable {
  readonly address: string
  readonly port: number
  freeze(): void
  thaw(): void
  kill(): Promise<void>
}

const source = (backlog: number) => `
  require('node:http').createServer((request, response) => {
    request.resume().on('end', () => response.end(request.url === '/readyz' ? 'ready' : 'child'))
  }).listen({ port: 0, host: '127.0.0.1', backlog: ${backlog} }, function () { console.log(this.address().port) })
`

/** A server in a process of its own, which signals can stop. `backlog`: how many connections its kernel accepts by itself. */
export async function startChild(backlog = 511): Promise<ChildServer> {
  const child: ChildProcess = spawn(process.execPath, ['-e', source(backlog)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (!child.stdout) throw new Error('the child has no standard output')
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill('SIGKILL')
    await exited
  }
  return {
    address: `127.0.0.1:${line}`,
    port: Number(line),
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    kill,
    [Symbol.asyncDispose]: kill,
  }
}
