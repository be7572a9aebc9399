import { setTimeout as pause } from 'node:timers/promises'
import { ask, say, serve, setting } from '../shared/service.ts'

/** Runs as many tasks as the scheduler says. A task serves when it has read the policies, which it does at its start. */
const ROUND_MS = 100
const LIMIT_MS = 500
/** With the remedy each wait is drawn between nothing and this, which doubles with each failure. */
const FIRST_WAIT_MS = 2000
const LONGEST_WAIT_MS = 8000

const backsOff = setting('REMEDY') === 'jittered-backoff'
const tasks: { hasPolicies: boolean }[] = []

// Each request is some task's.
serve(url => {
  const isServing = tasks.length > 0 && tasks.every(({ hasPolicies }) => hasPolicies)
  if (url.pathname === '/readyz') return { status: isServing ? 200 : 503, text: `${tasks.length} tasks` }
  const task = tasks[Math.floor(Math.random() * tasks.length)]
  return task?.hasPolicies
    ? { status: 200, text: 'allowed' }
    : { status: 503, text: 'policies are not known' }
})

for (;;) {
  const wanted = await ask('http://scheduler:8080/', LIMIT_MS).catch(() => undefined)
  const missing = wanted ? Number(wanted.text) - tasks.length : 0
  if (missing > 0) say('tasks', { missing })
  for (let count = 0; count < missing; count += 1) void startTask()
  await pause(ROUND_MS)
}

async function startTask(): Promise<void> {
  const task = { hasPolicies: false }
  tasks.push(task)
  for (let failures = 0; !task.hasPolicies; failures += 1) {
    if (backsOff) await pause(Math.random() * Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** failures))
    const answer = await ask('http://policies:8080/policies', LIMIT_MS).catch(() => undefined)
    task.hasPolicies = answer?.status === 200
  }
}
