import { ZonefallError } from '../errors/zonefall-error.ts'
import { parseSelector } from '../plan/parse-selector.ts'
import type { ComposeProject } from '../system/compose-config.ts'
import { type Component, isMeant } from './component.ts'

/** A single point of failure that somebody lives with, and why. */
export interface Acceptance {
  /** As it was said: `service=lb`. */
  readonly component: string
  readonly reason: string
}

const LABEL = 'zonefall.accept'

/** `service=lb:the provider replicates it`. Errors: ACCEPT_INVALID. */
export function parseAcceptance(text: string): Acceptance {
  const colon = text.indexOf(':')
  const [component, reason] = [text.slice(0, colon).trim(), text.slice(colon + 1).trim()]
  if (colon < 1 || reason === '')
    throw new ZonefallError('ACCEPT_INVALID', `--accept cannot read \`${text}\`: it gives no reason.`)
  parseSelector(component)
  return { component, reason }
}

/** What a system's own labels accept. */
export function labelledAcceptances({ services }: ComposeProject): Acceptance[] {
  return services.flatMap(({ name, labels }) => {
    const reason = labels[LABEL]
    return reason ? [{ component: `service=${name}`, reason }] : []
  })
}

/** Names of components, each with the reason for which it is accepted. Errors: ACCEPT_INVALID when one means nothing. */
export function acceptedOf(
  acceptances: readonly Acceptance[],
  components: readonly Component[],
): Record<string, string> {
  const accepted: Record<string, string> = {}
  for (const { component, reason } of acceptances) {
    const selector = parseSelector(component)
    const meant = components.filter(one => isMeant(one, selector))
    if (meant.length === 0) {
      const names = components.map(({ name }) => name).join(', ')
      throw new ZonefallError('ACCEPT_INVALID', `Nothing is \`${component}\`. There are: ${names}.`)
    }
    for (const { name } of meant) accepted[name] ??= reason
  }
  return accepted
}
