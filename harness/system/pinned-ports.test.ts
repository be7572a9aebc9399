import { expect, test } from 'vitest'
import type { ComposeProject } from './compose-config.ts'
import { pinPorts, portsOverride } from './pinned-ports.ts'

const projectOf = (services: object): ComposeProject => ({
  name: 'p',
  file: '/p/docker-compose.yml',
  directory: '/p',
  resolved: JSON.stringify({ services }),
  services: [],
  fixedVolumes: [],
})

test('ports that the engine would choose are chosen here, each another', async () => {
  const pinned = await pinPorts(
    projectOf({
      proxy: {
        ports: [
          { target: 80, host_ip: '127.0.0.1' },
          { target: 81, host_ip: '127.0.0.1', published: '' },
        ],
      },
      fixed: { ports: [{ target: 80, published: '8080' }] },
      dns: { ports: [{ target: 53, protocol: 'udp' }] },
      many: { deploy: { replicas: 2 }, ports: [{ target: 80 }] },
      none: {},
    }),
  )
  expect(pinned).toMatchObject([
    { service: 'proxy', containerPort: 80, hostIp: '127.0.0.1' },
    { service: 'proxy', containerPort: 81, hostIp: '127.0.0.1' },
  ])
  expect(new Set(pinned.map(({ hostPort }) => hostPort)).size).toBe(2)
})

test('as a Compose file', () => {
  const port = { service: 'proxy', containerPort: 80, hostIp: '127.0.0.1', hostPort: 4001 }
  expect(JSON.parse(portsOverride([port, { ...port, hostIp: '', hostPort: 4002 }]))).toEqual({
    services: {
      proxy: {
        ports: [
          { target: 80, published: '4001', host_ip: '127.0.0.1' },
          { target: 80, published: '4002' },
        ],
      },
    },
  })
})
