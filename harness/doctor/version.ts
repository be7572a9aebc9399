/** Whether a version such as `2.26.1-4`, `v2.0` or `1.41` is this one or a later one, by its first two numbers. False for what is none. */
export function atLeast(version: string, least: string): boolean {
  const [major, minor] = numbersOf(version)
  const [leastMajor = 0, leastMinor = 0] = numbersOf(least)
  if (major === undefined) return false
  return major > leastMajor || (major === leastMajor && (minor ?? 0) >= leastMinor)
}

function numbersOf(version: string): number[] {
  return (/^v?(\d+)(?:\.(\d+))?/.exec(version)?.slice(1) ?? [])
    .filter(digits => digits !== undefined)
    .map(Number)
}
