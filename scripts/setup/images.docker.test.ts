import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

// What the services and the fault helpers rely on in the images they stand on, wherever those came from.

const inImage = (image: string, flags: readonly string[], script: string) =>
  execFileSync('docker', ['run', '--rm', ...flags, image, 'sh', '-c', script], { encoding: 'utf8' })

describe('zonefall/node:24', () => {
  it('runs Node 24 as a user without rights on a read-only file system, with a /tmp for all', () => {
    const flags = ['--user=10001:10001', '--read-only', '--cap-drop=ALL', '--network=none', '--tmpfs=/tmp']
    expect(inImage('zonefall/node:24', flags, 'node -p process.version; touch /tmp/x && id -u')).toMatch(
      /^v24\.\d+\.\d+\n10001\n$/,
    )
  })

  it("has the locked Node where it was packed from this machine's", () => {
    const text = execFileSync('docker', [
      'image',
      'inspect',
      '-f',
      '{{json .Config.Labels}}',
      'zonefall/node:24',
    ])
    const labels = JSON.parse(text.toString())
    expect(['packed', 'pulled']).toContain(labels['zonefall.origin'])
    if (labels['zonefall.origin'] !== 'packed') return
    const lock = JSON.parse(readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8'))
    expect(labels['zonefall.node']).toBe(lock.packages[`node_modules/node-linux-${process.arch}`].version)
  })

  it('resolves names', () => {
    const script = `node -e "require('dns').lookup('localhost', (e, a) => console.log(e ? e.code : a))"`
    expect(inImage('zonefall/node:24', [], script)).toMatch(/^(127\.0\.0\.1|::1)\n$/)
  })
})

describe('zonefall/toolbox:1', () => {
  it('is an image of its own: what the services stand on cannot change a network', () => {
    const script = 'for p in iptables tc ip; do command -v $p; done; true'
    expect(inImage('zonefall/node:24', ['--network=none'], script)).toBe('')
  })

  it('cuts by iptables, statistic and reset included, with NET_ADMIN alone', () => {
    const script = `
      iptables -A OUTPUT ! -o lo -m statistic --mode nth --every 3 --packet 0 -j DROP
      iptables -A INPUT -p tcp -j REJECT --reject-with tcp-reset
      iptables-save`
    const rules = inImage('zonefall/toolbox:1', ['--cap-drop=ALL', '--cap-add=NET_ADMIN'], script)
    expect(rules).toContain('-A OUTPUT ! -o lo -m statistic --mode nth --every 3 --packet 0 -j DROP')
    expect(rules).toContain('--reject-with tcp-reset')
  })

  it('limits the rate by tc', () => {
    const script =
      'tc qdisc add dev eth0 root tbf rate 1mbit burst 32kbit latency 400ms; tc qdisc show dev eth0'
    const flags = ['--cap-drop=ALL', '--cap-add=NET_ADMIN']
    expect(inImage('zonefall/toolbox:1', flags, script)).toMatch(/qdisc tbf .* rate 1Mbit/)
  })

  it('has the small programs that helpers are written with', () => {
    const script =
      'for p in sh cat ls sleep kill head tail grep df timeout id env ip tc iptables iptables-save prlimit perl; do command -v $p >/dev/null || echo $p; done'
    expect(inImage('zonefall/toolbox:1', ['--network=none'], script)).toBe('')
  })
})
