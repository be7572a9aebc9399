import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { createThrowawayProject, type ThrowawayProject } from '../../docker/testing/throwaway-project.ts'
import type { FaultTarget } from '../fault.ts'

/**
 * For tests of faults of resources: a container whose own process says what it can still do, since one that is started
 * beside it by `docker exec` would have another clock, and limits of its own.
 */
export interface Subject extends AsyncDisposable {
  readonly project: ThrowawayProject
  readonly target: FaultTarget
  /** Its wall clock, and time that has passed since it started, in ms. */
  times(): Promise<{ readonly wallMs: number; readonly passedMs: number }>
  /** `ok`, or the code of the error: of a file that is written in /scratch. */
  write(bytes: number): Promise<string>
  /** The same of a file that is opened for reading. */
  open(): Promise<string>
  /** Uses so much CPU time: how long that took, in ms. */
  work(cpuMs: number): Promise<number>
  /** Holds so many bytes from now on. */
  hold(bytes: number): Promise<number>
}

export const MEMORY_BYTES = 128 * 1024 * 1024
export const SCRATCH_BYTES = 8 * 1024 * 1024
const SUBJECT_CPUS = 0.5

const PROGRAM = `
  const fs = require('fs')
  const held = []
  const outcome = act => { try { act(); return 'ok' } catch (error) { return error.code } }
  const words = {
    times: () => ({ wallMs: Date.now(), passedMs: performance.now() }),
    write: bytes => {
      const said = outcome(() => fs.writeFileSync('/scratch/x', Buffer.alloc(bytes, 1)))
      fs.rmSync('/scratch/x', { force: true })
      return said
    },
    open: () => outcome(() => fs.closeSync(fs.openSync('/etc/passwd'))),
    work: cpuMs => {
      const from = performance.now(), used = process.cpuUsage()
      for (let spent = 0; spent < cpuMs * 1000;) {
        const { user, system } = process.cpuUsage(used)
        spent = user + system
      }
      return performance.now() - from
    },
    hold: bytes => held.push(Buffer.alloc(bytes, 1)),
  }
  require('readline').createInterface({ input: process.stdin }).on('line', line => {
    const [word, number] = line.split(' ')
    console.log(JSON.stringify(words[word](Number(number))))
  })`

export async function startSubject(): Promise<Subject> {
  const project = createThrowawayProject()
  try {
    const target = await project.start('subject', {
      command: ['node', '-e', PROGRAM],
      more: {
        User: '10001:10001',
        OpenStdin: true,
        HostConfig: {
          Memory: MEMORY_BYTES,
          NanoCpus: SUBJECT_CPUS * 1e9,
          Tmpfs: { '/scratch': `size=${SCRATCH_BYTES}` },
        },
      },
    })
    const child = spawn('docker', ['attach', '--sig-proxy=false', target.name])
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    const say = async (line: string) => {
      child.stdin.write(`${line}\n`)
      const { value, done } = await lines.next()
      if (done) throw new Error('the subject has ended')
      return JSON.parse(value)
    }
    await say('open') // until it reads its input
    return {
      project,
      target,
      times: () => say('times'),
      write: bytes => say(`write ${bytes}`),
      open: () => say('open'),
      work: cpuMs => say(`work ${cpuMs}`),
      hold: bytes => say(`hold ${bytes}`),
      async [Symbol.asyncDispose]() {
        // This client does not end by SIGTERM while it is attached.
        if (child.exitCode === null && child.kill('SIGKILL')) await once(child, 'close')
        await project[Symbol.asyncDispose]()
      },
    }
  } catch (error) {
    await project[Symbol.asyncDispose]()
    throw error
  }
}
