import { attemptCheck } from './attempt-check.ts'

export const netem = attemptCheck({
  name: 'netem',
  attempt: 'netem',
  use: 'delays, jitter and loss can be made by the kernel',
  instead:
    'Instead of it: the statistic match for loss, tbf for bandwidth, a proxy behind iptables REDIRECT for delay.',
})
