/**
 *     starting ── first checks done, listening ──> serving ── SIGTERM ──> draining
 *
 * Ready is `serving` alone. That no app is reachable does not make a gateway unready: the apps are the
 * same for all gateways, so their outage would take every gateway out of rotation at once, and the
 * balancer would answer without knowing why instead of a gateway that knows (503 `no-app-reachable`).
 * /readyz tells the number of apps up, for those who want to act on it.
 */
export interface Lifecycle {
  phase: 'starting' | 'serving' | 'draining'
}
