import http from 'node:http'
import { expect, test } from 'vitest'
import { App } from './app.ts'
import { AppChooser } from './choose-app.ts'

function fleet(...zones: string[]): App[] {
  return zones.map(
    (zone, index) =>
      new App({
        spec: { name: `app-${index}`, zone, host: 'x', port: 1 },
        thresholds: { rise: 1, fall: 1 },
        agent: new http.Agent(),
        onChange: () => undefined,
      }),
  )
}

function choices(apps: readonly App[], times: number, tried: ReadonlySet<App> = new Set()): string[] {
  const chooser = new AppChooser(apps, 'zone-a')
  return Array.from(
    { length: times },
    () => chooser.choose(app => !tried.has(app))?.spec.name ?? 'none',
  ).sort()
}

test('takes turns within its own zone', () => {
  expect(choices(fleet('zone-a', 'zone-b', 'zone-a'), 4)).toEqual(['app-0', 'app-0', 'app-2', 'app-2'])
})

test('goes to the other zones, evenly, when its own is down', () => {
  const apps = fleet('zone-a', 'zone-b', 'zone-c')
  apps[0]?.saw('unreachable')
  expect(choices(apps, 4)).toEqual(['app-1', 'app-1', 'app-2', 'app-2'])
})

test('comes back to its own zone when that is up again', () => {
  const apps = fleet('zone-a', 'zone-b')
  apps[0]?.saw('unreachable')
  apps[0]?.saw('check-passed')
  expect(choices(apps, 2)).toEqual(['app-0', 'app-0'])
})

test('tries what is believed dead when all are, its own zone first', () => {
  const apps = fleet('zone-b', 'zone-a')
  for (const app of apps) app.saw('unreachable')
  expect(choices(apps, 2)).toEqual(['app-1', 'app-1'])
})

test('offers none twice', () => {
  const apps = fleet('zone-a', 'zone-b')
  expect(choices(apps, 2, new Set(apps.slice(0, 1)))).toEqual(['app-1', 'app-1'])
  expect(choices(apps, 1, new Set(apps))).toEqual(['none'])
})
