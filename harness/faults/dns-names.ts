import { z } from 'zod'
import { HELPER_IMAGE } from './network/names.ts'

/** What every fault of DNS is told: which names it is for. */
export const NAMES = z
  .string()
  .regex(
    /^(?!.{254})[a-z0-9*_-]{1,63}(\.[a-z0-9*_-]{1,63})*$/i,
    'must be a name of letters, digits, dashes and dots, in which * stands for anything',
  )
  .default('*')
  .describe('which names: as they are asked for, with * for anything, as in app-* or *.internal')

export const DNS_NEEDS = `the image ${HELPER_IMAGE}, iptables REDIRECT in the engine's kernel, and a target that asks the name servers of its /etc/resolv.conf`
