const form = /^[A-Za-z0-9._-]{1,128}$/

/** The client's request id where it is one that logs and headers can carry; else a new one. */
export function requestId(given: string | string[] | undefined, newId: (bytes: 16) => string): string {
  return typeof given === 'string' && form.test(given) ? given : newId(16)
}
