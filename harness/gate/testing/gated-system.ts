import { execFile } from 'node:child_process'
import { cp, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { FOREIGN } from '../../testing/zonefall-process.ts'

/** For tests: a small system that builds its image, HAProxy before two nginx, committed to a repository of its own. */
export interface GatedSystem {
  readonly directory: string
  readonly composeFile: string
  readonly experiment: string
  /** The Compose project that it runs as. */
  readonly project: string
  /** The proxy no longer tries another server, and takes its time to see that one is dead. */
  makeWorse(): Promise<void>
  /** The same in another directory, with files exchanged. */
  copy(files?: Readonly<Record<string, string>>): Promise<string>
}

const composeOf = (name: string) => `name: ${name}
x-web: &web
  image: ${name}:local
  command: [nginx, -c, /etc/gated/nginx.conf]
  networks: [back]
  labels: { zonefall.tier: web }
services:
  proxy:
    image: ${name}:local
    build: { context: ., args: { PEERS: "\${ZONEFALL_PEERS_IMAGE:-zonefall/peers:1}" } }
    command: [haproxy, -f, /etc/gated/haproxy.cfg]
    networks: [front, back]
    ports: ["127.0.0.1::8000"]
  web-1: { <<: *web }
  web-2: { <<: *web }
networks:
  front: {}
  back: { internal: true }
`
const DOCKERFILE = `ARG PEERS
FROM $PEERS
COPY haproxy.cfg nginx.conf /etc/gated/
`

/** As short as a loss can still be seen in: recovery is not watched to its end. */
const EXPERIMENT = {
  name: 'gated-kill',
  title: 'One of two is killed, very briefly',
  shows: 'what a gate makes of it',
  expected: 'the other carries on',
  target: { tier: 'web' },
  fault: { kind: 'kill' },
  timing: { warmUpMs: 0, baselineMs: 1000, holdMs: 700, recoveryMs: 1000 },
  steadyState: { minSuccess: 0.9, maxP99Ms: 1000 },
  load: { ratePerSecond: 0 },
  slos: ['lost_ms max < 300'],
}

export async function gatedSystem(name: string): Promise<GatedSystem> {
  const directory = await mkdtemp(join(tmpdir(), 'zonefall-gated-'))
  const inside = (file: string) => join(directory, file)
  const foreign = (file: string) => readFile(join(dirname(FOREIGN), file), 'utf8')
  const proxy = (await foreign('haproxy.cfg')).replace(/^ *server web-3 .*\n/m, '')
  await writeFile(inside('haproxy.cfg'), proxy)
  await writeFile(inside('nginx.conf'), await foreign('nginx.conf'))
  await writeFile(inside('docker-compose.yml'), composeOf(name))
  await writeFile(inside('Dockerfile'), DOCKERFILE)
  await writeFile(inside('experiment.yaml'), JSON.stringify(EXPERIMENT)) // JSON is YAML
  const git = (...args: string[]) => promisify(execFile)('git', args, { cwd: directory })
  await git('init', '--quiet')
  await git('add', '.')
  const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.org']
  await git(...identity, 'commit', '--quiet', '--message', 'base')
  return {
    directory,
    composeFile: inside('docker-compose.yml'),
    experiment: inside('experiment.yaml'),
    project: `zonefall-${name}`,
    async makeWorse() {
      const worse = proxy
        .replace(/^ *(option redispatch|retry-on) .*\n/gm, '')
        .replace('retries 2', 'retries 0')
        .replace('inter 300ms fall 2', 'inter 2s fall 3')
      await writeFile(inside('haproxy.cfg'), worse)
    },
    async copy(files = {}) {
      const copy = await mkdtemp(join(tmpdir(), 'zonefall-gated-'))
      await cp(directory, copy, { recursive: true })
      for (const [file, text] of Object.entries(files)) await writeFile(join(copy, file), text)
      return copy
    },
  }
}
