import { serve } from '../shared/service.ts'

/**
 * Says how many tasks there shall be. A roll-out raises that step by step; what it has come to stays, whatever
 * becomes of the tasks.
 */
const ALL = 80
const STEP = 2
const STEP_MS = 100

let begunMs: number | undefined

serve(() => {
  begunMs ??= performance.now()
  const steps = Math.floor((performance.now() - begunMs) / STEP_MS)
  return { status: 200, text: String(Math.min(ALL, steps * STEP)) }
})
