import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test, vi } from 'vitest'
import { collectTraffic } from './testing/collect-traffic.ts'
import { answers, startMisbehavingServer } from './testing/misbehaving-server.ts'

vi.setConfig({ testTimeout: 30_000 }) // for a starved machine; all of it is awaited as conditions

const streams = ['prober', 'load'] as const

test.each(streams)('a %s that dies is not taken for one that has stopped', async stream => {
  await using server = await startMisbehavingServer(answers.ok)
  const traffic = await collectTraffic(stream, server.port)
  await server.atRequest(5)
  process.kill(traffic.process.pid, 'SIGKILL')
  await expect(traffic.process.failed).rejects.toThrow(`The ${stream} ended by SIGKILL`)
  await expect(traffic.process.stop()).rejects.toThrow(`The ${stream} ended by SIGKILL`)
})

test.each(streams)('a %s whose longest time is over ends, and says that nobody asked it to', async stream => {
  await using server = await startMisbehavingServer(answers.ok)
  const traffic = await collectTraffic(stream, server.port, { mostMs: 300 })
  await expect(traffic.process.failed).rejects.toThrow('its longest time, 0.3 s, was over')
})

test.each(streams)('a %s sends nothing to a host that is not loopback', async stream => {
  await expect(collectTraffic(stream, 80, { url: 'http://192.0.2.1/' })).rejects.toThrow(
    '192.0.2.1 is not a loopback address',
  )
})

test.each(streams)('a %s can be stopped twice, and sends nothing afterwards', async stream => {
  await using server = await startMisbehavingServer(answers.ok)
  const traffic = await collectTraffic(stream, server.port)
  await server.atRequest(5)
  await Promise.all([traffic.process.stop(), traffic.process.stop()])
  await server.whenDeserted()
})

test.each(streams)('a %s whose harness is killed stops sending', async stream => {
  await using server = await startMisbehavingServer(answers.ok)
  const module = JSON.stringify(new URL('./testing/collect-traffic.ts', import.meta.url).href)
  const script = `const { collectTraffic } = await import(${module}); await collectTraffic('${stream}', ${server.port})`
  const harness = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'inherit' })
  await server.atRequest(20)
  harness.kill('SIGKILL')
  await once(harness, 'exit')
  await server.whenDeserted() // a living one always keeps a connection
})
