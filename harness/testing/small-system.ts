import { once } from 'node:events'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { newFolder, ownState } from './zonefall-process.ts'

/** For tests: one run on a small system with a name of its own, so that several can be up at once. */
export interface SmallRun {
  readonly project: string
  /** Its container that gets broken, and the one beside it. */
  readonly web: string
  readonly side: string
  readonly args: readonly string[]
  readonly env: {
    readonly ZONEFALL_STATE_DIR: string
    readonly SMALL_NAME: string
    readonly SMALL_PORT: string
  }
  readonly out: string
}

const COMPOSE_FILE = join(dirname(fileURLToPath(import.meta.url)), 'small-system/docker-compose.yml')

/** As long as it takes to do something to the system in each phase, no longer: nothing of worth is measured. */
const TIMING = { warmUpMs: 300, baselineMs: 1000, holdMs: 1500, recoveryMs: 1500 }

export async function smallRun(name: string, fault: string, timing = TIMING): Promise<SmallRun> {
  const project = `zonefall-${name}`
  const experiment = join(await mkdtemp(join(tmpdir(), 'zonefall-test-')), 'experiment.yaml')
  const text = {
    name: `small-${fault}`,
    title: `A ${fault} on the small system`,
    shows: 'what becomes of a run',
    expected: 'that it ends',
    target: { tier: 'small' },
    fault: { kind: fault },
    timing,
    steadyState: { minSuccess: 0.5, maxP99Ms: 2000 },
    load: { ratePerSecond: 0 },
    slos: ['lost_ms max < 60000'],
  }
  await writeFile(experiment, JSON.stringify(text)) // JSON is YAML
  const out = await newFolder()
  return {
    project,
    web: `${project}-web-1`,
    side: `${project}-side-1`,
    args: ['run', experiment, '-f', COMPOSE_FILE, '--out', out],
    env: { ...(await ownState()), SMALL_NAME: name, SMALL_PORT: await freePort() },
    out,
  }
}

/** The flags of a command that is about its system. */
export function systemOf({ args }: SmallRun): string[] {
  const from = args.indexOf('-f')
  return args.slice(from, from + 2)
}

async function freePort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return String(port)
}
