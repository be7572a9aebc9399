// The entry point: the only file that reads the environment and ends the process.
// `node gateway.mjs` serves; `node gateway.mjs healthcheck` asks the one that runs, and loads nothing heavy for it.

if (process.argv[2] === 'healthcheck') {
  const { askReady } = await import('./lifecycle/healthcheck.ts')
  const answer = await askReady(Number(process.env['PORT'] ?? 8080), 1_000)
  process.exit(answer === 'ready' ? 0 : 1)
}

const { fileURLToPath } = process.getBuiltinModule('node:url')
const { readConfig } = await import('./config/read-config.ts')
const config = readConfig(process.env, fileURLToPath(new URL('routes.yml', import.meta.url)))
if ('wrong' in config) {
  process.stderr.write(`${config.wrong}\n`)
  process.exit(2)
}
// http-proxy 1.18.1 calls util._extend: a warning that nobody who reads these logs can act on.
process.noDeprecation = true
const { serve } = await import('./serve.ts')
process.exit(await serve(config.ok))
