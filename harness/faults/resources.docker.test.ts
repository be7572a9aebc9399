import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { connectEngine, type Engine } from '../docker/engine.ts'
import { createThrowawayProject } from '../docker/testing/throwaway-project.ts'
import { docker } from '../testing/docker.ts'
import { clockSkew } from './clock-skew.ts'
import { cpuBurn } from './cpu-burn.ts'
import { cpuLimit } from './cpu-limit.ts'
import { diskFull } from './disk-full.ts'
import type { ArmedFault, Fault } from './fault.ts'
import { fileDescriptors } from './file-descriptors.ts'
import { memoryPressure } from './memory-pressure.ts'
import { slowDisk } from './slow-disk.ts'
import { MEMORY_BYTES, SCRATCH_BYTES, type Subject, startSubject } from './testing/subject.ts'

const { signal } = new AbortController()
const MEBIBYTE = 1024 * 1024

let engine: Engine
let subject: Subject
beforeAll(async () => {
  engine = await connectEngine()
  subject = await startSubject()
})
afterAll(async () => {
  await subject?.[Symbol.asyncDispose]()
})

/** What a test that fails leaves armed must not be there in the next one. */
const armed: ArmedFault[] = []
afterEach(async () => {
  for (const fault of armed.splice(0)) await fault.disarm()
})

async function arm<T>(fault: Fault<T>, given: object = {}): Promise<ArmedFault> {
  const one = await fault.arm(subject.target, engine, fault.parameters.parse(given))
  armed.push(one)
  return one
}

/** Runs in the target's cgroup, and in its mounts, but with a clock and limits of its own. */
const exec = (script: string) => docker('exec', '--user', '0', subject.target.name, 'sh', '-c', script)

async function inject(fault: ArmedFault, detail: RegExp): Promise<void> {
  await fault.inject()
  expect(await fault.verify(signal)).toEqual({ ok: true, detail: expect.stringMatching(detail) })
}

async function heal(fault: ArmedFault): Promise<void> {
  await fault.heal()
  expect(await fault.verifyHealed(signal)).toMatchObject({ ok: true })
  await fault.disarm()
  await fault.disarm() // idempotent
  expect((await engine.surveyProject(subject.project.name)).helpers).toEqual([])
}

describe('cpu-limit', () => {
  test('work takes as long as its part of a CPU allows; the old limit is back', async () => {
    const before = await engine.containers.cpuLimits(subject.target.id)
    const fault = await arm(cpuLimit, { cpus: 0.05 })
    await inject(fault, /^the kernel gives it 0\.05 CPUs, and has stopped it \d+ times/)
    expect(await subject.work(50)).toBeGreaterThan(500) // 5 ms in each 100 ms
    await heal(fault)
    expect(await engine.containers.cpuLimits(subject.target.id)).toEqual(before)
  })

  test.each([
    ['none', {}, /^the kernel limits no CPU time$/],
    ['a quota', { CpuQuota: 40_000, CpuPeriod: 50_000 }, /^the kernel gives it 0\.8 CPUs, /],
  ])('where there was %s before, it is so again', async (_, limits, detail) => {
    await using project = createThrowawayProject()
    const target = await project.start('web', { command: ['sleep', '60'], more: { HostConfig: limits } })
    const before = await engine.containers.cpuLimits(target.id)
    const fault = await cpuLimit.arm(target, engine, { cpus: 0.2 })
    await fault.inject()
    expect(await fault.verify(signal)).toMatchObject({ ok: true })
    await fault.heal()
    expect(await fault.verifyHealed(signal)).toEqual({ ok: true, detail: expect.stringMatching(detail) })
    expect(await engine.containers.cpuLimits(target.id)).toEqual(before)
    await fault.disarm()
  })

  test('a limit that is none is refused', async () => {
    await expect(arm(cpuLimit, { cpus: 0.5 })).rejects.toThrow('is limited to 0.5 CPUs already')
  })
})

test('cpu-burn: an idle target is out of CPU time for what others use; they are gone afterwards', async () => {
  const inItsCgroup = () => {
    const script = `grep -l ${subject.target.id} /proc/[0-9]*/cgroup | wc -l`
    const where = ['--pid', 'host', '--network', 'none']
    return docker('run', '--rm', ...where, 'zonefall/toolbox:1', 'sh', '-c', script)
  }
  // So little that even a machine with much else to do would give it more.
  const limit = await arm(cpuLimit, { cpus: 0.02 })
  const stops = async () => Number(/(\d+) times/.exec((await limit.verify(signal)).detail)?.[1])
  const fault = await arm(cpuBurn, { workers: 2 })
  await inject(fault, /^2 workers in its cgroup, \d+ ms of CPU time used$/)
  await limit.inject()
  expect(await inItsCgroup()).toBe('4') // beside its init and its Node
  const before = await stops()
  await expect.poll(stops, { interval: 50, timeout: 60_000 }).toBeGreaterThan(before + 5)
  await fault.heal()
  expect(await fault.verifyHealed(signal)).toMatchObject({ ok: true })
  expect(await inItsCgroup()).toBe('2')
  await fault.disarm()
  await heal(limit)
})

describe('memory-pressure', () => {
  test('its limit is nearly used up; what the target then needs is taken from the helper, not from it', async () => {
    const { pid } = await engine.containers.inspect(subject.target.id)
    const fault = await arm(memoryPressure, { share: 0.9 })
    await inject(fault, /^11\d of 128 MiB held$/)
    await subject.hold(0.3 * MEMORY_BYTES)
    const detail = expect.stringMatching(/; the kernel took \d+ of the helper’s 24 parts back$/)
    expect(await fault.verify(signal)).toEqual({ ok: true, detail })
    expect(await engine.containers.inspect(subject.target.id)).toMatchObject({ status: 'running', pid })
    await heal(fault)
  })

  test('a container without a limit is refused', async () => {
    await using project = createThrowawayProject()
    const target = await project.sleeper('web')
    await expect(memoryPressure.arm(target, engine, { share: 0.9 })).rejects.toThrow('has no memory limit')
    expect((await engine.surveyProject(project.name)).helpers).toEqual([])
  })
})

describe('disk-full', () => {
  test('nothing can be written any more; all of it can be afterwards', async () => {
    expect(await subject.write(SCRATCH_BYTES / 2)).toBe('ok')
    const fault = await arm(diskFull)
    await inject(fault, /^0 of 8388608 bytes free in \/scratch$/)
    expect(await subject.write(4096)).toBe('ENOSPC')
    expect(await exec('ls -A /scratch')).toBe('') // what fills it has no name
    await heal(fault)
    expect(await subject.write(SCRATCH_BYTES / 2)).toBe('ok')
  })

  test('a rest is left', async () => {
    const fault = await arm(diskFull, { path: '/scratch', leaveKibibytes: 1024 })
    await inject(fault, /bytes free in \/scratch$/)
    expect(await subject.write(MEBIBYTE / 2)).toBe('ok')
    expect(await subject.write(2 * MEBIBYTE)).toBe('ENOSPC')
    await heal(fault)
  })

  test.each([
    [{ path: '/tmp' }, '/tmp lies in the container’s own layer, on the engine’s disk'],
    [{ path: '/nowhere' }, 'there is no /nowhere in the target'],
    [{ path: '/bin' }, 'leads over a symbolic link'],
    [{ path: '/scratch/..' }, 'is not a plain path'],
    [{ maxMebibytes: 7 }, '/scratch has 8 MiB to be filled, more than maxMebibytes'],
  ])('%j is refused', async (given, reason) => {
    await expect(arm(diskFull, given)).rejects.toThrow(reason)
  })

  test('the engine’s disk is not filled by way of a volume', async () => {
    await using project = createThrowawayProject()
    const more = { HostConfig: { Mounts: [{ Type: 'volume', Source: '', Target: '/data' }] } } as const
    const target = await project.start('web', { command: ['sleep', '60'], more: more as never })
    await expect(diskFull.arm(target, engine, diskFull.parameters.parse({}))).rejects.toThrow(
      '/data lies on a file system that the engine’s own system uses (at /',
    )
  })
})

test('file-descriptors: nothing can be opened; each process has its limit back', async () => {
  const limit = () => exec("grep -h 'open files' /proc/[0-9]*/limits | sort -u")
  const before = await limit()
  const fault = await arm(fileDescriptors)
  await inject(fault, /^2 of 2 processes limited/)
  expect(await subject.open()).toBe('EMFILE')
  await heal(fault)
  expect(await subject.open()).toBe('ok')
  expect(await limit()).toBe(before)
})

test('slow-disk: what must get to the disk gets there slowly', async () => {
  const write = async (kibibytes: number) => {
    const startMs = performance.now()
    await exec(`dd if=/dev/zero of=/tmp/x bs=64k count=${kibibytes / 64} oflag=direct 2>&1; rm /tmp/x`)
    return performance.now() - startMs
  }
  const fault = await arm(slowDisk, { kibibytesPerSecond: 128 })
  await inject(fault, /^disk \d+:\d+ reads at 131072 bytes a second, writes at 131072 bytes a second/)
  expect(await write(256)).toBeGreaterThan(1000)
  await heal(fault)
  expect(await write(8 * 1024)).toBeLessThan(30_000) // it would take 64 s
})

describe('clock-skew', () => {
  test('the target’s wall clock is wrong, what counts passed time is not; it is right again', async () => {
    const HOUR_MS = 3_600_000
    const before = await subject.times()
    const fault = await arm(clockSkew, { seconds: -3600 })
    await inject(fault, /^2 processes are 3600 s behind$/)
    const during = await subject.times()
    expect(during.wallMs - before.wallMs - (during.passedMs - before.passedMs)).toBeCloseTo(-HOUR_MS, -4)
    await heal(fault)
    const after = await subject.times()
    expect(after.wallMs - before.wallMs - (after.passedMs - before.passedMs)).toBeCloseTo(0, -4)
  })
})

test.each([
  ['clock-skew', () => arm(clockSkew)],
  ['file-descriptors', () => arm(fileDescriptors)],
  ['slow-disk', () => arm(slowDisk)],
])('a %s whose helper is killed is healed by another one', async (_, armIt) => {
  const fault = await armIt()
  await fault.inject()
  const helper = fault.undo.find(({ kind }) => kind === 'remove-container')
  await engine.containers.remove(helper && 'id' in helper ? helper.id : '')
  await heal(fault)
})
