import type { CapacityVerdict } from '../capacity/judge-capacity.ts'
import type { StepResult } from '../capacity/judge-step.ts'
import { type Html, html } from './html.ts'

const [WIDTH, HEIGHT] = [720, 320]
const MARGIN = { left: 56, right: 16, top: 12, bottom: 40 }
const COLOURS = ['#2f6fb0', '#cc3d33', '#a06a00', '#2c8047', '#7a4fb0', '#4c7d7d']
/** The lowest latency that the axis tells apart. */
const LEAST_MS = 0.5

/** p99 against rate, a line for each condition, as SVG: filled marks were carried, hollow ones were not. */
export function curveOf({ conditions, limits, peak }: CapacityVerdict): Html {
  const lines = conditions.map(({ condition, steps }) => ({ condition, points: pointsOf(steps) }))
  const points = lines.flatMap(line => line.points)
  if (points.length === 0) return html`<p>There is nothing to draw.</p>`
  const mostRate = Math.max(peak ?? 0, ...points.map(({ rate }) => rate)) * 1.05
  const mostMs = Math.max(limits.maxP99Ms, ...points.map(({ p99Ms }) => p99Ms)) * 1.5
  const x = (rate: number) => round(MARGIN.left + (rate / mostRate) * (WIDTH - MARGIN.left - MARGIN.right))
  const y = (ms: number) => {
    const part = Math.log(Math.max(LEAST_MS, ms) / LEAST_MS) / Math.log(mostMs / LEAST_MS)
    return round(HEIGHT - MARGIN.bottom - part * (HEIGHT - MARGIN.top - MARGIN.bottom))
  }
  const [left, right, bottom] = [MARGIN.left, WIDTH - MARGIN.right, HEIGHT - MARGIN.bottom]
  return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" width="100%" role="img" aria-label="p99 in ms against requests a second" font-size="12" fill="currentColor">
<path d="M${left} ${MARGIN.top}V${bottom}H${right}" fill="none" stroke="currentColor"/>
${[1, 10, 100, 1000].filter(ms => ms < mostMs).map(ms => html`<text x="${left - 6}" y="${y(ms) + 4}" text-anchor="end">${ms} ms</text>`)}
${ticksOf(mostRate).map(rate => html`<text x="${x(rate)}" y="${bottom + 16}" text-anchor="middle">${rate}</text>`)}
<text x="${right}" y="${HEIGHT - 4}" text-anchor="end">requests a second</text>
<path d="M${left} ${y(limits.maxP99Ms)}H${right}" stroke="currentColor" stroke-dasharray="4 4"/>
${peak === null ? '' : html`<path d="M${x(peak)} ${MARGIN.top}V${bottom}" stroke="currentColor" stroke-dasharray="2 4"/><text x="${x(peak) - 4}" y="${MARGIN.top + 10}" text-anchor="end">peak</text>`}
${lines.map((line, index) => lineOf(line.points, COLOURS[index % COLOURS.length] ?? 'currentColor', x, y))}
</svg>
<p>${lines.map((line, index) => html`<span style="color: ${COLOURS[index % COLOURS.length] ?? 'inherit'}">●</span> ${line.condition} `)} Hollow: not carried. Dashed: the p99 that is allowed.</p>`
}

interface Point {
  readonly rate: number
  readonly p99Ms: number
  readonly passed: boolean
}

/** Each rate's last try, in the order of rates. One without a good answer has no latency to draw. */
function pointsOf(steps: readonly StepResult[]): Point[] {
  const last = new Map(steps.map(step => [step.rate, step]))
  return [...last.values()]
    .flatMap(({ rate, passed, p99_ms: p99Ms }) => (p99Ms === null ? [] : [{ rate, p99Ms, passed }]))
    .sort((a, b) => a.rate - b.rate)
}

function lineOf(
  points: readonly Point[],
  colour: string,
  x: (rate: number) => number,
  y: (ms: number) => number,
): Html {
  const path = points
    .map(({ rate, p99Ms }, index) => `${index === 0 ? 'M' : 'L'}${x(rate)} ${y(p99Ms)}`)
    .join('')
  return html`<path d="${path}" fill="none" stroke="${colour}"/>${points.map(
    ({ rate, p99Ms, passed }) =>
      html`<circle cx="${x(rate)}" cy="${y(p99Ms)}" r="3.5" stroke="${colour}" fill="${passed ? colour : 'none'}"/>`,
  )}
`
}

/** At most six, at round numbers. */
function ticksOf(most: number): number[] {
  const rough = most / 5
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map(factor => factor * power).find(size => size >= rough) ?? rough
  return Array.from({ length: Math.floor(most / step) + 1 }, (_, index) => index * step)
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
