// `node lb.mjs CONFIG` serves; `node lb.mjs healthcheck` asks the one that runs, and loads nothing else for it.

const ADMIN_PORT = 9_900
const [, , word] = process.argv

if (word === 'healthcheck') {
  const { askReady } = await import('./lifecycle/healthcheck.ts')
  process.exit((await askReady(ADMIN_PORT)) === 'ready' ? 0 : 1)
} else if (word === undefined) {
  process.stderr.write('usage: lb CONFIG.yml | lb healthcheck\n')
  process.exit(2)
} else {
  const { run } = await import('./run.ts')
  const toldToStop = new Promise<void>(resolve => {
    process.once('SIGTERM', () => resolve())
    process.once('SIGINT', () => resolve())
  })
  const onHangUp = (act: () => void) => void process.on('SIGHUP', act)
  process.exit(await run(word, process.env['ZONEFALL_LB_TOKEN'], { toldToStop, onHangUp }))
}

export {}
