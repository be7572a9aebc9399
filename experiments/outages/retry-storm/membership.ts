import { serveOneAtATime } from '../shared/one-at-a-time.ts'
import { setting } from '../shared/service.ts'

/** What can be answered within the time that the storage servers allow; more is turned away with the remedy. */
const ANSWERED_IN_TIME = 20

serveOneAtATime(setting('REMEDY') === 'backoff' ? ANSWERED_IN_TIME : Number.POSITIVE_INFINITY)
