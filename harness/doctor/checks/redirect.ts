import { attemptCheck } from './attempt-check.ts'

export const redirect = attemptCheck({
  name: 'redirect',
  attempt: 'redirect',
  use: 'connections can be led through a proxy in the target’s namespace',
  instead:
    'Without it latency needs netem; reset, slow-close, half-open and the faults of HTTP and DNS cannot be made.',
})
