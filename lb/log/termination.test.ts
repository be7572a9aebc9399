import { expect, test } from 'vitest'
import { terminationState } from './termination.ts'

test.each([
  ['answered', 'whole', 'data', undefined, '--'],
  ['no server up', 'whole', 'queue', 'no-server-up', 'SQ'],
  ['all have as much as they may', 'whole', 'queue', 'maxconn', 'PQ'],
  ['refused to the last', 'whole', 'connect', 'connect-refused', 'SC'],
  ['silent to new connections', 'whole', 'connect', 'connect-timeout', 'sC'],
  ['reset before the answer', 'whole', 'headers', 'reset', 'SH'],
  ['no answer in time', 'whole', 'headers', 'server-timeout', 'sH'],
  ['cut in its body', 'cut', 'data', 'answer-cut', 'SD'],
  ['the client left while it waited', 'client-gone', 'headers', undefined, 'CH'],
  ['the client left while it read', 'client-gone', 'data', undefined, 'CD'],
  ['a request that could be read in two ways', 'whole', 'request', 'ambiguous-length', 'PR'],
] as const)('%s', (_, ending, phase, reason, state) => {
  expect(terminationState({ ending, phase, reason })).toBe(state)
})
