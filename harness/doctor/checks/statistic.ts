import { attemptCheck } from './attempt-check.ts'

export const statistic = attemptCheck({
  name: 'statistic match',
  attempt: 'statistic',
  use: 'a share of packets can be dropped',
  instead: 'Loss of a share of packets needs netem; all of them can be dropped.',
})
