/** What of DNS's messages (RFC 1035) one name with addresses takes. */
const HEADER_BYTES = 12
const ANSWER_FLAGS = 0x8580 // an answer, authoritative; recursion as asked
const TTL_S = 1

/** Answers a query of one question with these addresses, of which there may be none. */
export function answerMessage(query: Buffer, addresses: readonly string[]): Buffer {
  const question = query.subarray(HEADER_BYTES, endOfQuestion(query))
  const header = Buffer.alloc(HEADER_BYTES)
  query.copy(header, 0, 0, 2) // its id
  header.writeUInt16BE(ANSWER_FLAGS, 2)
  header.writeUInt16BE(1, 4)
  header.writeUInt16BE(addresses.length, 6)
  return Buffer.concat([header, question, ...addresses.map(addressRecord)])
}

/** Labels, each after its length, up to an empty one; then two bytes of type and two of class. */
function endOfQuestion(query: Buffer): number {
  let at = HEADER_BYTES
  while ((query[at] ?? 0) > 0) at += 1 + (query[at] ?? 0)
  return at + 5
}

function addressRecord(address: string): Buffer {
  const record = Buffer.alloc(16)
  record.writeUInt16BE(0xc00c, 0) // the name is the question's
  record.writeUInt16BE(1, 2) // A
  record.writeUInt16BE(1, 4) // IN
  record.writeUInt32BE(TTL_S, 6)
  record.writeUInt16BE(4, 10)
  record.set(address.split('.').map(Number), 12)
  return record
}
