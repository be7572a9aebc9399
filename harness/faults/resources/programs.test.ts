import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { PROGRAMS, type ProgramName, perlProgram } from './perl-program.ts'

const ID = 'c0ffee'.repeat(10)
const PID = 4242

async function textOf(name: ProgramName): Promise<string> {
  const program = await perlProgram(name, { id: ID, pid: PID })
  return program[program.indexOf('-e') + 1] ?? ''
}

test.each(PROGRAMS)('%s: every variable is declared, and nothing is warned of', async name => {
  const flags = ['-Mstrict', '-Mwarnings=FATAL,all', '-c', '-e', await textOf(name)]
  expect(execFileSync('perl', flags, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })).toBe('')
})

// What container tests have is cgroups of one version and one driver. These are the files of others, as their kernels' and
// engines' documentation says that they look.
const LAYOUTS = [
  {
    what: 'cgroup v2, systemd',
    cgroup: `0::/system.slice/docker-${ID}.scope`,
    folder: `system.slice/docker-${ID}.scope`,
  },
  { what: 'cgroup v2, cgroupfs', cgroup: `0::/docker/${ID}`, folder: `docker/${ID}` },
  {
    what: 'cgroup v2, an engine in a container',
    cgroup: `0::/docker/outer/docker/${ID}`,
    folder: `docker/${ID}`,
  },
]

const V2_FILES = {
  'cpu.max': '5000 100000\n',
  'cpu.stat': 'usage_usec 12\nnr_periods 9\nnr_throttled 7\nthrottled_usec 3\n',
  'memory.max': '134217728\n',
  'memory.stat': 'anon 30000000\nfile 5000000\nkernel 1\nshmem 2000000\n',
  'io.max': '8:0 rbps=max wbps=1048576 riops=max wiops=max\n',
}
const V1_STAT = 'nr_periods 0\nnr_throttled 0\nthrottled_time 0\n'
const V1_FILES = {
  'cpu,cpuacct': { 'cpu.cfs_quota_us': '-1\n', 'cpu.cfs_period_us': '100000\n', 'cpu.stat': V1_STAT },
  memory: { 'memory.stat': 'rss 1\nhierarchical_memory_limit 134217728\ntotal_rss 30000000\n' },
}

/** The files that programs look at, in a folder that stands for the machine. */
async function machine(cgroup: string, files: Record<string, string>): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'zonefall-cgroup-'))
  const all = {
    [`proc/${PID}/cgroup`]: `${cgroup}\n`,
    [`proc/${PID}/status`]: `Name:\tnode\nPPid:\t41\n`,
    [`proc/${PID}/mountinfo`]: [
      '75 50 0:39 / / rw - overlay overlay rw',
      `92 75 8:1 /c/${ID}/hosts /etc/hosts rw - ext4 /dev/sda1 rw`,
    ].join('\n'),
    'proc/meminfo': 'MemTotal: 8000000 kB\nMemAvailable: 4000000 kB\n',
    'sys/dev/block/8:1/partition': '1\n',
    'sys/dev/block/8:1/dev': '8:1\n',
    'sys/dev/block/dev': '8:0\n', // what `..` leads to, by way of a link, is the whole disk
    ...Object.fromEntries(
      Object.entries(files).map(([path, text]) => [`proc/41/root/sys/fs/cgroup/${path}`, text]),
    ),
  }
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  return root
}

/** What a program answers to these lines on that machine. */
async function ask(name: ProgramName, root: string, ...lines: readonly string[]): Promise<string> {
  const text = (await textOf(name)).replaceAll(/(["'])\/(proc|sys)\//g, `$1${root}/$2/`)
  return execFileSync('perl', ['-e', text, ID, String(PID)], {
    input: lines.map(line => `${line}\n`).join(''),
    encoding: 'utf8',
  })
}

describe.each(LAYOUTS)('$what', ({ cgroup, folder }) => {
  const files = Object.fromEntries(
    Object.entries(V2_FILES).map(([name, text]) => [`${folder}/${name}`, text]),
  )

  test('the CPU limit is read', async () => {
    expect(await ask('cpu-limit', await machine(cgroup, files), 'show')).toBe('5000 100000 7\n@ 0\n')
  })

  test('the memory that is held, and its limit', async () => {
    const root = await machine(cgroup, files)
    expect(await ask('memory-pressure', root, 'show')).toBe('0 0 0 32000000 134217728\n@ 0\n')
    expect(await ask('memory-pressure', root, 'begin 0.9')).toBe('\n@ 0\n')
  })

  test('no memory limit is refused', async () => {
    const root = await machine(cgroup, { ...files, [`${folder}/memory.max`]: 'max\n' })
    expect(await ask('memory-pressure', root, 'begin 0.9')).toContain('has no memory limit')
  })

  test('the disk that a partition is of is slowed down, and has its own limits back', async () => {
    const root = await machine(cgroup, files)
    const path = join(root, 'proc/41/root/sys/fs/cgroup', folder, 'io.max')
    expect(await ask('slow-disk', root, 'begin')).toBe('8:0/0/1048576\n@ 0\n')
    expect(readFileSync(path, 'utf8')).toBe('8:0 rbps=max wbps=1048576')
    await ask('slow-disk', root, 'heal 8:0/4096/4096')
    expect(readFileSync(path, 'utf8')).toBe('8:0 rbps=4096 wbps=4096')
  })
})

test('cgroup v1 with two controllers in one hierarchy', async () => {
  const cgroup = `4:cpu,cpuacct:/docker/${ID}\n3:memory:/docker/${ID}\n0::/docker/${ID}`
  const files = Object.entries(V1_FILES).flatMap(([controller, texts]) =>
    Object.entries(texts).map(([name, text]) => [`${controller}/docker/${ID}/${name}`, text]),
  )
  const root = await machine(cgroup, Object.fromEntries(files))
  expect(await ask('cpu-limit', root, 'show')).toBe('max 100000 0\n@ 0\n')
  expect(await ask('memory-pressure', root, 'show')).toBe('0 0 0 30000000 134217728\n@ 0\n')
})

test('a cgroup that is not the target’s is not touched', async () => {
  const root = await machine('0::/docker/another', V2_FILES)
  expect(await ask('cpu-limit', root, 'show')).toContain('the target is in no cgroup of cpu')
})
