import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { connectEngine } from '../docker/engine.ts'
import { isEmpty } from '../docker/project.ts'
import { docker, inNetworkOf } from '../testing/docker.ts'
import { smallRun } from '../testing/small-system.ts'
import { startZonefall, zonefall } from '../testing/zonefall-process.ts'

/** Time enough after the fault to leave something behind by hand. */
const TIMING = { warmUpMs: 100, baselineMs: 1000, holdMs: 500, recoveryMs: 8000 }

test('what is left of a fault is named, with exit code 5, after the verdict', async () => {
  const small = await smallRun('residue', 'kill', TIMING)
  const { project, web, side } = small
  const network = `${project}-extra`
  await docker('network', 'create', network)
  try {
    const run = startZonefall(small.args, small.env)
    await run.until(`heal ${web}`)
    const restarted = async () => await docker('inspect', '--format', '{{.State.Status}}', web)
    await expect.poll(restarted, { interval: 20, timeout: 5000 }).toBe('running')
    await Promise.all([
      inNetworkOf(
        web,
        'tc qdisc add dev eth0 root tbf rate 10mbit burst 32kb latency 50ms; iptables -A INPUT -p udp --dport 9 -j DROP',
      ),
      docker('update', '--memory', '96m', '--memory-swap', '96m', '--restart', 'no', web),
      docker('network', 'connect', network, side).then(() => docker('pause', side)),
    ])
    expect(await run.exited).toBe(5)
    expect(run.output.stderr.split(/(?<=run: )|; |\. /)).toEqual(
      expect.arrayContaining([
        `zonefall: ${project} is not as it was before the run: `,
        `${side}: paused, was running`,
        `${side}: connected to the network ${network}, which it was not before`,
        `${web}: restart policy no, was unless-stopped`,
        `${web}: limit Memory 100663296, was 134217728`,
        `${web}: qdisc tbf on eth0 that was not there before`,
        `${web}: iptables rule \`-A INPUT -p udp -m udp --dport 9 -j DROP\` in filter that was not there before`,
      ]),
    )
    expect(run.output.stdout).toMatch(/verdict +\w/)
    expect(existsSync(join(small.out, 'verdict.json'))).toBe(true)
    expect(isEmpty(await (await connectEngine()).surveyProject(project))).toBe(true)
  } finally {
    await docker('network', 'rm', network)
  }
})

test('a container that somebody removed during the run is named', async () => {
  const small = await smallRun('removed', 'kill', { ...TIMING, recoveryMs: 3000 })
  const run = startZonefall(small.args, small.env)
  await run.until(`heal ${small.web}`)
  await docker('rm', '--force', small.side)
  expect(await run.exited).toBe(5)
  expect(run.output.stderr).toContain(`before the run: ${small.side}: removed by somebody during the run.`)
})

test('a run with a restart and a helper leaves no residue', async () => {
  const small = await smallRun('clean', 'crash')
  const run = await zonefall(small.args, small.env)
  expect(run.stderr).toBe('')
  expect([0, 1, 3]).toContain(run.code)
})
