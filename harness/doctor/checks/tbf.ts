import { attemptCheck } from './attempt-check.ts'

export const tbf = attemptCheck({
  name: 'tbf',
  attempt: 'tbf',
  use: 'bandwidth can be limited',
  instead: 'Bandwidth cannot be limited by the kernel.',
})
