import { expect, it } from 'vitest'
import { parseLdd } from './ldd.mjs'

it('tells file by file what was found and what is missing', () => {
  const text = `/usr/bin/sh:
\tlinux-vdso.so.1 (0x00007ffd1f5f2000)
\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f3a5e600000)
\t/lib64/ld-linux-x86-64.so.2 (0x00007f3a5e839000)
/usr/lib/x86_64-linux-gnu/tc/q_atm.so:
\tlibatm.so.1 => not found
\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f3a5e600000)
/bin/busybox:
\tnot a dynamic executable
`
  expect([...parseLdd(text)]).toEqual([
    [
      '/usr/bin/sh',
      { libraries: ['/lib/x86_64-linux-gnu/libc.so.6', '/lib64/ld-linux-x86-64.so.2'], missing: [] },
    ],
    [
      '/usr/lib/x86_64-linux-gnu/tc/q_atm.so',
      { libraries: ['/lib/x86_64-linux-gnu/libc.so.6'], missing: ['libatm.so.1'] },
    ],
    ['/bin/busybox', { libraries: [], missing: [] }],
  ])
})
