import type { RateLimit } from '../limits/rate-limit.ts'
import { readingsOf } from './path-readings.ts'
import type { Upstream } from './upstream.ts'

export interface Route {
  readonly name: string
  readonly path: string
  readonly methods?: readonly string[]
  readonly upstream: Upstream
  /** Any one of these lets a request in; none: it is open. */
  readonly auth: readonly string[]
  readonly rate?: RateLimit
  readonly maxBodyBytes: number
  readonly log: 'failed' | 'all'
}

export type Matched =
  | { readonly kind: 'route'; readonly route: Route }
  | { readonly kind: 'no-route' }
  | { readonly kind: 'method-not-allowed'; readonly allowed: readonly string[] }
  /** One server would find it on one route, another server on another. */
  | { readonly kind: 'ambiguous' }

interface Place {
  readonly path: string
  readonly routes: readonly Route[]
}

/**
 * The longest path that leads to a request's, by whole segments; only then the method, so that a method which
 * a protected path does not serve cannot fall through to an open one.
 */
export class RouteTable {
  /** Longest first. */
  readonly #places: readonly Place[]

  constructor(routes: readonly Route[]) {
    const paths = [...new Set(routes.map(route => route.path))]
    this.#places = paths
      .toSorted((a, b) => b.length - a.length)
      .map(path => ({ path, routes: routes.filter(route => route.path === path) }))
  }

  match(method: string, path: string): Matched {
    const place = this.#placeOf(path)
    // With one place for all there is nothing to be in two minds about.
    if (this.#places.length > 1 && readingsOf(path).some(reading => this.#placeOf(reading) !== place)) {
      return { kind: 'ambiguous' }
    }
    if (!place) return { kind: 'no-route' }
    const route = place.routes.find(({ methods }) => !methods || methods.includes(method))
    if (route) return { kind: 'route', route }
    return { kind: 'method-not-allowed', allowed: place.routes.flatMap(({ methods }) => methods ?? []) }
  }

  #placeOf(path: string): Place | undefined {
    return this.#places.find(place => place.path === '/' || leadsTo(place.path, path))
  }
}

function leadsTo(prefix: string, path: string): boolean {
  return path.startsWith(prefix) && (path.length === prefix.length || path[prefix.length] === '/')
}
