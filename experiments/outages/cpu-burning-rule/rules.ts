import { serve, setting } from '../shared/service.ts'

/**
 * One version of the firewall's rules. The last one is the report's own: `.*(?:.*=.*)` after a group that repeats
 * has a matcher which backtracks try every way to divide a long run of digits.
 */
const OLD = ['<script', 'union\\s+select']
const NEW = [
  ...OLD,
  '(?:(?:"|\'|\\]|\\}|\\\\|\\d|(?:nan|infinity|true|false|null|undefined|symbol|math)|`|-|\\+)+[)]*;?' +
    '((?:\\s|-|~|!|{}|\\|\\||\\+)*.*(?:.*=.*)))',
]

const version = setting('VERSION')
const text = JSON.stringify({ version, patterns: version === 'new' ? NEW : OLD })

serve(() => ({ status: 200, text }))
