import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { expect, test } from 'vitest'
import { ConnectionPool } from './connection-pool.ts'

/** More than the kernel takes for a peer that reads nothing. */
const BODY_BYTES = 64 * 1_048_576

test('a connection is kept once all that was written on it has left, and not before', async () => {
  const server = createServer(socket => void socket.pause().on('error', () => socket.destroy()))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const pool = new ConnectionPool({ maxIdle: 2, keepaliveMs: 1_000 }, Buffer.alloc(1_024))
  const connection = pool.take('127.0.0.1', port)
  await expect.poll(() => connection.state).toBe('open')
  pool.giveBack(connection, 0)
  expect(pool).toMatchObject({ open: 1, idle: 1 })
  expect(pool.take('127.0.0.1', port)).toBe(connection)
  connection.write(Buffer.alloc(BODY_BYTES))
  pool.giveBack(connection, 0)
  expect(pool).toMatchObject({ open: 0, idle: 0 })
  expect(connection.state).toBe('closed')
  server.close()
})
