import { attemptCheck } from './attempt-check.ts'

export const conntrack = attemptCheck({
  name: 'conntrack',
  attempt: 'conntrack',
  use: 'tracked connections can be listed and forgotten',
  instead: 'Connections that are open already may escape a new rule of the nat table.',
})
