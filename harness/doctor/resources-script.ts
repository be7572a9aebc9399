/** What the engine's kernel says of itself; it may not be this machine's. */
export interface Resources {
  /** Free where the engine keeps images and containers. */
  readonly diskFreeBytes: number
  /** What the kernel could give away without swapping. */
  readonly memoryFreeBytes: number
  /** `fs.inotify.max_user_instances` */
  readonly inotifyInstances: number
  /** In a container's own cgroup, of version 1 or 2, by which its use of disks can be limited. */
  readonly diskThrottleFiles: number
}

/** A container's root is on the file system of the engine's data. */
export const RESOURCES_SCRIPT = [
  'df -Pk / | tail -n 1',
  'grep MemAvailable /proc/meminfo',
  'echo inotify $(cat /proc/sys/fs/inotify/max_user_instances)',
  'echo throttle $(ls -d /sys/fs/cgroup/blkio/blkio.throttle.write_bps_device /sys/fs/cgroup/io.max 2>/dev/null | grep -c .)',
].join('; ')

/** Throws where a figure is missing. */
export function parseResources(output: string): Resources {
  const figure = (what: string, pattern: RegExp) => {
    const digits = pattern.exec(output)?.[1]
    if (digits === undefined) throw new Error(`the engine's side did not tell its ${what}: ${output.trim()}`)
    return Number(digits)
  }
  return {
    diskFreeBytes: figure('disk space', /^\S+ +\d+ +\d+ +(\d+) +\d+% +\/$/m) * 1024,
    memoryFreeBytes: figure('memory', /^MemAvailable: +(\d+) kB$/m) * 1024,
    inotifyInstances: figure('inotify limit', /^inotify (\d+)$/m),
    diskThrottleFiles: figure('disk throttle', /^throttle (\d+)$/m),
  }
}
