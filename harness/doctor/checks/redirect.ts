import { attemptCheck } from './attempt-check.ts'

export const redirect = attemptCheck({
  name: 'redirect',
  attempt: 'redirect',
  use: 'connections can be led through a proxy in the target’s namespace',
  instead: 'Without it latency needs netem; reset, slow-close and half-open cannot be made.',
})
