import type { Check } from './check.ts'
import { apiVersion } from './checks/api-version.ts'
import { cgroup } from './checks/cgroup.ts'
import { clock } from './checks/clock.ts'
import { clockSkew } from './checks/clock-skew.ts'
import { compose } from './checks/compose.ts'
import { conntrack } from './checks/conntrack.ts'
import { cpus } from './checks/cpus.ts'
import { diskThrottle } from './checks/disk-throttle.ts'
import { engine } from './checks/engine.ts'
import { engineDisk } from './checks/engine-disk.ts'
import { images } from './checks/images.ts'
import { inotify } from './checks/inotify.ts'
import { iptables } from './checks/iptables.ts'
import { leftovers } from './checks/leftovers.ts'
import { loadAverage } from './checks/load-average.ts'
import { memory } from './checks/memory.ts'
import { netem } from './checks/netem.ts'
import { networkHelper } from './checks/network-helper.ts'
import { openFiles } from './checks/open-files.ts'
import { ports } from './checks/ports.ts'
import { proberPrecision } from './checks/prober-precision.ts'
import { processHelper } from './checks/process-helper.ts'
import { redirect } from './checks/redirect.ts'
import { resultsDisk } from './checks/results-disk.ts'
import { rootless } from './checks/rootless.ts'
import { statistic } from './checks/statistic.ts'
import { storageDriver } from './checks/storage-driver.ts'
import { tbf } from './checks/tbf.ts'

/** Every check there is, in the order of their lines. Adding one: a file in checks/, and its name here. */
export const CHECKS: readonly Check[] = [
  ...[engine, apiVersion, compose, images, leftovers, ports],
  ...[cgroup, rootless, storageDriver],
  ...[processHelper, networkHelper, iptables, statistic, redirect, conntrack, tbf, netem],
  ...[diskThrottle, clockSkew],
  ...[clock, proberPrecision, cpus, loadAverage, memory, engineDisk, resultsDisk, openFiles, inotify],
]
