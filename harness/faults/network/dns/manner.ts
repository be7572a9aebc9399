import { matchesGlob } from '../glob.ts'
import { answerTo, CODE, type Question, readQuestion, TYPE } from './message.ts'

/** What becomes of lookups of names that the pattern has. */
export type DnsManner =
  | { readonly kind: 'pass' }
  | {
      readonly kind: 'dns-failure'
      readonly names: string
      readonly answer: 'SERVFAIL' | 'NXDOMAIN' | 'none'
    }
  | { readonly kind: 'dns-delay'; readonly names: string; readonly delayMs: number }
  | { readonly kind: 'dns-wrong-answer'; readonly names: string; readonly addresses: readonly string[] }

/** What is done to one query. */
export type Decision =
  | { readonly kind: 'pass' }
  | { readonly kind: 'answered'; readonly answer: Buffer }
  | { readonly kind: 'late'; readonly byMs: number }
  | { readonly kind: 'never answered' }

export function decide(manner: DnsManner, query: Buffer): Decision {
  const question = readQuestion(query)
  if (manner.kind === 'pass' || question === undefined) return { kind: 'pass' }
  if (!matchesGlob(manner.names.toLowerCase(), question.name)) return { kind: 'pass' }
  switch (manner.kind) {
    case 'dns-failure':
      if (manner.answer === 'none') return { kind: 'never answered' }
      return { kind: 'answered', answer: answerTo(query, question, CODE[manner.answer]) }
    case 'dns-delay':
      return { kind: 'late', byMs: manner.delayMs }
    case 'dns-wrong-answer':
      return wrongly(query, question, manner.addresses)
  }
}

/** Of IPv6 there is no address then, so that those of IPv4 are taken; other questions are none of ours. */
function wrongly(query: Buffer, question: Question, addresses: readonly string[]): Decision {
  if (question.type === TYPE.A)
    return { kind: 'answered', answer: answerTo(query, question, CODE.NOERROR, addresses) }
  if (question.type === TYPE.AAAA)
    return { kind: 'answered', answer: answerTo(query, question, CODE.NOERROR) }
  return { kind: 'pass' }
}
