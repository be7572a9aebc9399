// As RFC 1035 has it: a head of twelve bytes, the question, then records.

const HEAD_BYTES = 12
export const TYPE = { A: 1, AAAA: 28 } as const
export const CODE = { NOERROR: 0, SERVFAIL: 2, NXDOMAIN: 3 } as const

export interface Question {
  /** In lower case, without the last dot. */
  readonly name: string
  readonly type: number
  /** Where the question ends in its message. */
  readonly endsAt: number
}

/** `undefined` for what is no query with exactly one question. */
export function readQuestion(message: Buffer): Question | undefined {
  if (message.length < HEAD_BYTES || message.readUInt8(2) & 0x80 || message.readUInt16BE(4) !== 1)
    return undefined
  const labels: string[] = []
  let at = HEAD_BYTES
  for (;;) {
    const bytes = message[at]
    if (bytes === undefined || bytes > 63) return undefined // a question needs no pointer to an earlier name
    at += 1
    if (bytes === 0) break
    labels.push(message.toString('latin1', at, at + bytes))
    at += bytes
  }
  if (at + 4 > message.length) return undefined
  return { name: labels.join('.').toLowerCase(), type: message.readUInt16BE(at), endsAt: at + 4 }
}

/** An answer to a query: only its code, or with these IPv4 addresses, which are not to be kept. */
export function answerTo(
  query: Buffer,
  { endsAt }: Question,
  code: number,
  addresses: readonly string[] = [],
): Buffer {
  const head = Buffer.from(query.subarray(0, HEAD_BYTES))
  // Opcode and "recursion desired" as in the query; this is an answer, and recursion is to be had.
  head.writeUInt8((query.readUInt8(2) & 0x79) | 0x80, 2)
  head.writeUInt8(0x80 | code, 3)
  head.writeUInt16BE(addresses.length, 6)
  head.writeUInt32BE(0, 8)
  return Buffer.concat([head, query.subarray(HEAD_BYTES, endsAt), ...addresses.map(recordOf)])
}

/** Its name is a pointer to the question's; class IN, to be kept for 0 s. */
function recordOf(address: string): Buffer {
  const data = address.split('.').map(Number)
  return Buffer.from([0xc0, HEAD_BYTES, 0, TYPE.A, 0, 1, 0, 0, 0, 0, 0, data.length, ...data])
}

export function queryFor(name: string, id: number): Buffer {
  const labels = name.split('.').filter(label => label !== '')
  const head = Buffer.alloc(HEAD_BYTES)
  head.writeUInt16BE(id, 0)
  head.writeUInt8(0x01, 2) // recursion desired
  head.writeUInt16BE(1, 4)
  const question = labels.flatMap(label => [Buffer.from([label.length]), Buffer.from(label, 'latin1')])
  return Buffer.concat([head, ...question, Buffer.from([0, 0, TYPE.A, 0, 1])])
}

/** In words: its code, or the addresses of an answer that is made of nothing else. */
export function wordsOf(answer: Buffer): string {
  const code = answer.readUInt8(3) & 0x0f
  const name = Object.entries(CODE).find(([, number]) => number === code)?.[0] ?? `code ${code}`
  const count = answer.readUInt16BE(6)
  if (code !== CODE.NOERROR || count === 0) return name
  // Records of ours are 16 bytes long, the last four of them the address.
  return Array.from({ length: count }, (_, index) =>
    [...answer.subarray(answer.length - 16 * (count - index)).subarray(12, 16)].join('.'),
  ).join(' and ')
}
