// Runs in a replay's page: draws the stored and the replayed run over each other (seconds since the fault).
/* global uPlot */
const dark = matchMedia('(prefers-color-scheme: dark)').matches
const ink = dark ? '#d7dae0' : '#22262e'
const rule = dark ? '#3a404c' : '#d5d9e0'
// Told by the line as well as by the colour: the stored run is dashed.
const looks = {
  stored: { stroke: '#3b82c4', dash: [8, 4], width: 2 },
  replayed: { stroke: '#d98a2b', width: 2 },
}
const axis = label => ({ label, stroke: ink, grid: { stroke: rule, width: 1 }, ticks: { stroke: rule } })

function draw(title, label, series, data) {
  const box = document.getElementById('charts')
  const width = () => Math.max(280, box.clientWidth)
  const plot = new uPlot(
    {
      title,
      width: width(),
      height: 260,
      cursor: { sync: { key: 'time' }, drag: { x: true, y: false } },
      scales: { x: { time: false }, y: { range: (_, __, most) => [0, Math.max(1, most)] } },
      axes: [axis('seconds since the fault (drag to zoom, double-click to reset)'), axis(label)],
      series: [{ label: 's' }, ...series],
    },
    data,
    box,
  )
  addEventListener('resize', () => plot.setSize({ width: width(), height: 260 }))
}

const { cellMs, xs, lostPercent, lostMs } = JSON.parse(document.getElementById('data').textContent)
const runs = Object.keys(lostPercent).filter(run => lostPercent[run].length > 0)
draw(
  `Lost, % of each ${cellMs} ms (the mean of a run's trials)`,
  '%',
  runs.map(run => ({ label: run, ...looks[run] })),
  [xs, ...runs.map(run => lostPercent[run])],
)
draw(
  'Lost since the fault, each trial a line',
  'ms',
  lostMs.map(({ run, name }) => ({ label: `${run} ${name}`, ...looks[run] })),
  [xs, ...lostMs.map(({ values }) => values)],
)
