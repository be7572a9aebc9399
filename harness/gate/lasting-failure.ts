import type { SloVerdict } from '../verdict/judge-slo.ts'
import { type Aggregate, parseSlo } from '../verdict/slo.ts'

/** Which way an aggregate can still go when there are further trials; a median or a share either way. */
const FURTHER: Readonly<Partial<Record<Aggregate['kind'], 'up' | 'down'>>> = {
  max: 'up',
  count: 'up',
  min: 'down',
}

/** Whether a rule is violated in a way that no further trial can take back. */
export function isLastingFailure({ rule, status, observed }: SloVerdict): boolean {
  if (status !== 'fail') return false
  const { aggregate, operator, limit } = parseSlo(rule)
  const further = FURTHER[aggregate.kind]
  switch (operator) {
    case '<':
    case '<=':
      return further === 'up'
    case '>':
    case '>=':
      return further === 'down'
    case '==':
      return observed !== null && further === (observed > limit ? 'up' : 'down')
    case '!=':
      return false
  }
}
