/** As much of a line as is ever needed: extensions are nobody's business here, and trailers are dropped. */
const MAX_LINE = 4_096
const MAX_TRAILERS = 16_384
/** Hexadecimal digits, few enough for an exact number. */
const SIZE_LINE = /^([0-9A-Fa-f]{1,13})(?:[ \t]*;[\t\x20-\x7e\x80-\xff]*)?$/
const TRAILER_LINE = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t\x20-\x7e\x80-\xff]*$/
const CR = 13
const LF = 10

/**
 * Takes chunked framing off a body, strictly: every line ends with CR LF.
 *
 *     size ──> data ──> data's end ──> size … ──0──> trailers ──empty line──> done
 */
export class ChunkedReader {
  #state: 'size' | 'data' | 'data-end' | 'trailers' | 'done' | 'bad' = 'size'
  #line = ''
  #left = 0
  #trailers = 0

  /** Hands out the data in `bytes` from `from` on, and says where it stopped: at the end of the body or of the bytes. */
  read(bytes: Buffer, from: number, onData: (data: Buffer) => void): number {
    let at = from
    while (at < bytes.length && this.#state !== 'done' && this.#state !== 'bad') {
      if (this.#state !== 'data') {
        at = this.#readLine(bytes, at)
        continue
      }
      const end = Math.min(at + this.#left, bytes.length)
      onData(bytes.subarray(at, end))
      this.#left -= end - at
      at = end
      if (this.#left === 0) this.#state = 'data-end'
    }
    return at
  }

  get state(): 'open' | 'done' | 'bad' {
    return this.#state === 'done' || this.#state === 'bad' ? this.#state : 'open'
  }

  #readLine(bytes: Buffer, from: number): number {
    const lf = bytes.indexOf(LF, from)
    const end = lf < 0 ? bytes.length : lf + 1
    this.#line += bytes.toString('latin1', from, end)
    if (this.#line.length > MAX_LINE) this.#state = 'bad'
    if (lf < 0 || this.#state === 'bad') return end
    const line = this.#line
    this.#line = ''
    if (line.length < 2 || line.charCodeAt(line.length - 2) !== CR) this.#state = 'bad'
    else this.#onLine(line.slice(0, -2))
    return end
  }

  #onLine(line: string): void {
    if (this.#state === 'data-end') {
      this.#state = line === '' ? 'size' : 'bad'
      return
    }
    if (this.#state === 'trailers') {
      this.#trailers += line.length
      if (line === '') this.#state = 'done'
      else if (this.#trailers > MAX_TRAILERS || !TRAILER_LINE.test(line)) this.#state = 'bad'
      return
    }
    const size = SIZE_LINE.exec(line)?.[1]
    if (size === undefined) {
      this.#state = 'bad'
      return
    }
    this.#left = Number.parseInt(size, 16)
    this.#state = this.#left > 0 ? 'data' : 'trailers'
  }
}
