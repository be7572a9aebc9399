import { expect, test } from 'vitest'
import { planSideImages } from './side-images.ts'

const imagesOf = (services: object) =>
  planSideImages(
    {
      name: 'zonefall-shop',
      file: '/shop/docker-compose.yml',
      directory: '/shop',
      resolved: JSON.stringify({ name: 'shop', services }),
      services: [],
      fixedVolumes: [],
    },
    'base',
  )

test('what is built gets an image of the side’s own, and so does what runs that image; the rest stays', () => {
  expect(
    imagesOf({
      'web-1': { build: { context: '.' }, image: 'shop/web:1' },
      'web-2': { image: 'shop/web:1' },
      api: { build: { context: 'api' } },
      worker: { image: 'shop-api' },
      db: { image: 'postgres:17' },
    }),
  ).toEqual({
    'web-1': 'zonefall-gate/zonefall-shop-base-web-1:local',
    'web-2': 'zonefall-gate/zonefall-shop-base-web-1:local',
    api: 'zonefall-gate/zonefall-shop-base-api:local',
    worker: 'zonefall-gate/zonefall-shop-base-api:local',
  })
})

test('two that build under one name have an image each', () => {
  const built = { build: { context: '.' }, image: 'same:1' }
  expect(Object.values(imagesOf({ a: built, b: built }))).toEqual([
    'zonefall-gate/zonefall-shop-base-a:local',
    'zonefall-gate/zonefall-shop-base-b:local',
  ])
})
