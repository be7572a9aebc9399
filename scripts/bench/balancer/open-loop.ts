import { Agent, request } from 'node:http'

export interface Sample {
  /** From when it was due. */
  readonly latencyMs: number
  /** 0: no answer. */
  readonly status: number
  readonly path: string
}

/** So many requests a second, each when it is due whatever became of those before; half on kept connections. */
export async function openLoop(
  port: number,
  method: 'GET' | 'POST',
  ratePerSecond: number,
  seconds: number,
): Promise<Sample[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 })
  const startMs = performance.now()
  const asked: Promise<Sample>[] = []
  for (let count = 0; count < ratePerSecond * seconds; count += 1) {
    const dueMs = startMs + (count * 1_000) / ratePerSecond
    const leftMs = dueMs - performance.now()
    if (leftMs > 0) await new Promise(resolve => setTimeout(resolve, leftMs))
    asked.push(
      ask(port, method, count % 2 === 0 ? agent : undefined, dueMs, `/${method}/${startMs}/${count}`),
    )
  }
  const samples = await Promise.all(asked)
  agent.destroy()
  return samples
}

function ask(
  port: number,
  method: string,
  agent: Agent | undefined,
  dueMs: number,
  path: string,
): Promise<Sample> {
  return new Promise(resolve => {
    const asked = request({ host: '127.0.0.1', port, method, path, agent: agent ?? false, timeout: 10_000 })
    const end = (status: number) => resolve({ latencyMs: performance.now() - dueMs, status, path })
    asked.on('response', answer => {
      answer.on('error', () => end(0))
      answer.on('end', () => end(answer.statusCode ?? 0))
      answer.resume()
    })
    asked.on('timeout', () => asked.destroy())
    asked.on('error', () => end(0))
    asked.end(method === 'POST' ? 'body' : undefined)
  })
}
