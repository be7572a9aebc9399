import { attemptCheck } from './attempt-check.ts'

export const iptables = attemptCheck({
  name: 'iptables',
  attempt: 'iptables',
  use: 'traffic can be dropped and refused in a container’s namespace',
  instead: 'Faults that cut connections cannot be made; freezing or killing a container can.',
})
