import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { type Duplex, PassThrough } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type Dockerode from 'dockerode'
import { unlessStatus } from './containers.ts'
import { createHelper, type HelperSpec } from './helper.ts'

/**
 * A helper that stays and is told several things, one at a time: a line goes in, lines come out, the last of them
 * `@ CODE`. Its standard input ends when this process does, whatever ends it; its program is then to undo what it
 * did, and to exit. It does so too when it expires.
 */
export interface StandingHelperSpec extends Omit<HelperSpec, 'script' | 'expiresSeconds'> {
  readonly program: readonly string[]
}

export interface StandingHelper {
  readonly id: string
  /** What it says to that, without the last line. Errors: its code is not 0; it has ended; it does not answer in time. */
  ask(line: string): Promise<string>
  /** Removes it, at work or not. Idempotent. */
  disarm(): Promise<void>
}

/** It was told something, and answered with a code other than 0. */
export class HelperRefusal extends Error {
  /** What it said, without the code. */
  readonly said: string
  constructor(code: string, said: string) {
    super(`the helper says ${code}: ${said || 'no output'}`)
    this.said = said
  }
}

const ANSWER_LIMIT_MS = 30_000

export async function standHelper(docker: Dockerode, spec: StandingHelperSpec): Promise<StandingHelper> {
  const container = await createHelper(docker, spec, spec.program)
  let attached: Duplex | undefined
  const disarm = async () => {
    await container.remove({ force: true, v: true }).catch(unlessStatus(404, 409))
    attached?.destroy() // left open, it would keep this process from ending
  }
  try {
    const how = { stream: true, stdin: true, stdout: true, stderr: true, hijack: true }
    const stream = (await container.attach(how)) as Duplex
    attached = stream
    const output = new PassThrough()
    docker.modem.demuxStream(stream, output, output)
    once(stream, 'close').then(
      () => output.end(),
      () => output.end(), // it broke, which ends what it says too
    )
    await container.start()
    const lines = createInterface({ input: output })[Symbol.asyncIterator]()
    return {
      id: container.id,
      ask(line) {
        stream.write(`${line}\n`)
        return withinLimit(readAnswer(lines), line)
      },
      disarm,
    }
  } catch (error) {
    await disarm()
    throw error
  }
}

async function readAnswer(lines: AsyncIterator<string>): Promise<string> {
  const said: string[] = []
  for (;;) {
    const { value, done } = await lines.next()
    const text = said.join('\n').trim()
    if (done) throw new Error(`the helper has ended: ${text || 'no output'}`)
    const code = /^@ (\d+)$/.exec(value)?.[1]
    if (code === '0') return text
    if (code !== undefined) throw new HelperRefusal(code, text)
    said.push(value)
  }
}

async function withinLimit(answer: Promise<string>, line: string): Promise<string> {
  const answered = new AbortController()
  const limit = sleep(ANSWER_LIMIT_MS, undefined, { signal: answered.signal }).then(() => {
    throw new Error(`the helper did not answer to \`${line}\` within ${ANSWER_LIMIT_MS / 1000} s`)
  })
  limit.catch(() => undefined) // it was answered
  try {
    return await Promise.race([answer, limit])
  } finally {
    answered.abort()
  }
}
