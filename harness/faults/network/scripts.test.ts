import { expect, test } from 'vitest'
import { cutScript } from './cut-script.ts'
import { bandwidthScript, netemDelayScript, netemLossScript } from './qdisc-script.ts'

// What runs here is tried on real containers; netem is not in every kernel, and its commands are held to their text.

const commandsOf = (script: string) => script.split('\n').filter(line => /^(tc|iptables)/.test(line))

test('loss by netem is on all that the target sends', () => {
  expect(commandsOf(netemLossScript(12.5))).toEqual([
    'tc qdisc add dev $device root handle 5a46: netem loss 12.5%',
  ])
})

test('delay by netem is on what its ports send alone: a band of its own, and all else in the first', () => {
  expect(commandsOf(netemDelayScript({ delayMs: 300, jitterMs: 50 }, [8080]))).toEqual([
    'tc qdisc add dev $device root handle 5a46: prio bands 4 priomap 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0',
    'tc qdisc add dev $device parent 5a46:4 netem delay 300ms 50ms',
    'tc filter add dev $device parent 5a46: protocol ip prio 1 u32 match ip protocol 6 0xff match ip sport 8080 0xffff flowid 5a46:4',
    'tc filter add dev $device parent 5a46: protocol ipv6 prio 2 u32 match ip6 protocol 6 0xff match ip6 sport 8080 0xffff flowid 5a46:4',
  ])
  expect(netemDelayScript({ delayMs: 300, jitterMs: 0 }, [80])).toContain('netem delay 300ms\n')
})

test.each([
  [256, 16_384],
  [100_000, 125_000],
])('the bucket of %i kbit/s holds %i bytes', (rate, burst) => {
  expect(bandwidthScript(rate)).toContain(`tbf rate ${rate}kbit burst ${burst}b latency 400ms`)
})

test('a cut from some is rules for their addresses, and the line that leads there comes last', () => {
  const script = cutScript({ addresses: ['10.0.0.2', 'fd00::2'], direction: 'in', how: 'drop' })
  expect(script.split('\n')).toEqual([
    'iptables -w 5 -N ZONEFALL-IN',
    'iptables -w 5 -A ZONEFALL-IN -i lo -j RETURN',
    'iptables -w 5 -A ZONEFALL-IN -s 10.0.0.2 -j DROP',
    ...['-N ZONEFALL-IN', '-A ZONEFALL-IN -i lo -j RETURN', '-A ZONEFALL-IN -s fd00::2 -j DROP'].map(
      rule => `if ip6tables -w 5 -L -n >/dev/null 2>&1; then ip6tables -w 5 ${rule}; fi`,
    ),
    'iptables -w 5 -I INPUT 1 -j ZONEFALL-IN',
    'if ip6tables -w 5 -L -n >/dev/null 2>&1; then ip6tables -w 5 -I INPUT 1 -j ZONEFALL-IN; fi',
  ])
})

test('a refusal lets its own resets out', () => {
  expect(commandsOf(cutScript({ addresses: ['10.0.0.2'], direction: 'out', how: 'reject' }))).toEqual([
    'iptables -w 5 -N ZONEFALL-OUT',
    'iptables -w 5 -A ZONEFALL-OUT -o lo -j RETURN',
    'iptables -w 5 -A ZONEFALL-OUT -p tcp --tcp-flags RST RST -j RETURN',
    'iptables -w 5 -A ZONEFALL-OUT -p icmp -j RETURN',
    'iptables -w 5 -A ZONEFALL-OUT -d 10.0.0.2 -p tcp -j REJECT --reject-with tcp-reset',
    'iptables -w 5 -A ZONEFALL-OUT -d 10.0.0.2 -j REJECT --reject-with icmp-port-unreachable',
    'iptables -w 5 -I OUTPUT 1 -j ZONEFALL-OUT',
  ])
})
