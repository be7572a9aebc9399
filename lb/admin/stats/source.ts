import type { Config } from '../../config/schema.ts'
import type { Backend } from '../../server/backend.ts'
import type { HealthStats } from '../../stats/health-stats.ts'
import type { Traffic } from '../../stats/traffic.ts'

/** What there is to tell, as it stands now. */
export interface StatsSource {
  readonly config: Config
  readonly backend: Backend
  /** Of the backend as a whole: down when none of its servers is up. */
  readonly backendHealth: HealthStats
  readonly traffic: Traffic
  readonly phase: 'serving' | 'draining'
  readonly atMs: number
  readonly startedMs: number
}
