import type { UpstreamConnection } from './upstream-connection.ts'

/** Where a request's body goes. */
export interface BodySink {
  /** `false`: wait until it is writable again. */
  write(bytes: Buffer): boolean
  end(): void
}

/** Puts a body's bytes on a connection in the framing that its head promised. */
export function bodyWriter(
  connection: UpstreamConnection,
  framing: 'none' | 'length' | 'chunked',
  onEnd: () => void,
): BodySink {
  if (framing !== 'chunked') return { write: bytes => connection.write(bytes), end: onEnd }
  return {
    write: bytes => {
      if (bytes.length === 0) return true // it would be the last chunk
      let ready = true
      connection.together(() => {
        connection.write(`${bytes.length.toString(16)}\r\n`)
        connection.write(bytes)
        ready = connection.write('\r\n')
      })
      return ready
    },
    end: () => {
      connection.write('0\r\n\r\n')
      onEnd()
    },
  }
}
