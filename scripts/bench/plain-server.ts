import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Answers at once, in a process of its own; tells its port, and is gone with its parent. */
const server = createServer((_, response) => response.end('ok'))
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
process.on('disconnect', () => process.exit())
