import { serveOneAtATime } from '../shared/one-at-a-time.ts'

serveOneAtATime(Number.POSITIVE_INFINITY)
