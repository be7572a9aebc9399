const codes = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN'])

/** Errors that say that nobody is there. ENOTFOUND: Docker's DNS forgets a dead container at once. */
export function isUnreachable(error: NodeJS.ErrnoException): boolean {
  return codes.has(error.code ?? '')
}
