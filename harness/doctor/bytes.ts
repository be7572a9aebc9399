export const MIB = 1024 ** 2
export const GIB = 1024 ** 3

/** Bytes as people read them: `512 MiB`, `1.5 GiB`. */
export function shownBytes(bytes: number): string {
  return bytes < GIB ? `${Math.floor(bytes / MIB)} MiB` : `${(bytes / GIB).toFixed(1)} GiB`
}
