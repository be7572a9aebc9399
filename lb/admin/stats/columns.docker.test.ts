import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { COLUMNS } from './columns.ts'

const CONFIG = `defaults
  mode http
  timeout connect 1s
  timeout client 5s
  timeout server 5s
frontend stats
  bind 127.0.0.1:8404
  stats enable
  stats uri /stats
`
const SCRIPT = `printf '%s' "$CONFIG" > /tmp/haproxy.cfg
haproxy -D -f /tmp/haproxy.cfg
exec 3<>/dev/tcp/127.0.0.1/8404
printf 'GET /stats;csv HTTP/1.0\\r\\n\\r\\n' >&3
timeout 5 cat <&3`

test('the columns are those that Debian’s HAProxy prints, in its order', async () => {
  const bounds = ['--rm', '--network', 'none', '--stop-timeout', '1', '--env', `CONFIG=${CONFIG}`]
  const { stdout } = await promisify(execFile)(
    'docker',
    ['run', ...bounds, '--entrypoint', 'bash', 'zonefall/peers:1', '-c', SCRIPT],
    { timeout: 60_000 },
  )
  const head = stdout.split('\n').find(line => line.startsWith('# pxname'))
  const names = head?.slice(2).split(',') ?? []
  expect(COLUMNS).toEqual(names.slice(0, names.indexOf('-') + 1))
})
