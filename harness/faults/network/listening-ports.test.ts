import { expect, test } from 'vitest'
import { parseListening } from './listening-ports.ts'

const V4 = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000 10001        0 1 1 0 100 0 0 10 0
   1: 0B00007F:A3C5 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 2 1 0 100 0 0 10 0
   2: 020012AC:1F90 030012AC:C350 01 00000000:00000000 00:00000000 00000000 10001        0 3 1 0 20 4 30 10 -1`
const V6 = `  sl  local_address                         remote_address                        st tx_queue rx_queue
   0: 00000000000000000000000000000000:26AC 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 4
   1: 00000000000000000000000001000000:0050 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 5
   2: 0000000000000000FFFF00000100007F:0051 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 6`

test('listening sockets that others can reach, each port once', () => {
  expect(parseListening(V4)).toEqual([8080])
  expect(parseListening(`${V4}\n${V6}`)).toEqual([8080, 9900])
  expect(parseListening('')).toEqual([])
})
