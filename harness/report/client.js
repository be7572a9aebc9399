// Runs in the report's page: draws each trial's charts on one time axis (seconds since the fault).
/* global uPlot */
const dark = matchMedia('(prefers-color-scheme: dark)').matches
const ink = dark ? '#d7dae0' : '#22262e'
const rule = dark ? '#3a404c' : '#d5d9e0'
const palette = ['#3b82c4', '#d98a2b', '#4c9a5b', '#8a62b8', '#b5564b', '#5b8a8a']
const axis = label => ({ label, stroke: ink, grid: { stroke: rule, width: 1 }, ticks: { stroke: rule } })
const sync = { key: 'time' }

// Where several faults are on at once, it is darker.
function shadeFaults(shades) {
  return plot => {
    plot.ctx.save()
    plot.ctx.fillStyle = dark ? 'rgba(220,90,80,.18)' : 'rgba(220,90,80,.12)'
    for (const shade of shades) {
      const [from, to] = shade.map(at => plot.valToPos(at, 'x', true))
      plot.ctx.fillRect(from, plot.bbox.top, to - from, plot.bbox.height)
    }
    plot.ctx.restore()
  }
}

function draw(box, title, series, data, { log, label, shades }) {
  const width = () => Math.max(280, box.clientWidth)
  const plot = new uPlot(
    {
      title,
      width: width(),
      height: 230,
      cursor: { sync, drag: { x: true, y: false } },
      scales: {
        x: { time: false },
        y: log ? { distr: 3 } : { range: (_, __, most) => [0, Math.max(1, most)] },
      },
      axes: [axis('seconds since the fault (drag to zoom, double-click to reset)'), axis(label)],
      series: [{ label: 's' }, ...series],
      hooks: { drawClear: [shadeFaults(shades)] },
    },
    data,
    box,
  )
  addEventListener('resize', () => plot.setSize({ width: width(), height: 230 }))
}

const dots = (label, stroke, shape) => ({
  label,
  stroke,
  paths: () => null,
  points: { show: true, size: shape === 'large' ? 7 : 3, fill: shape === 'large' ? stroke : undefined },
})

for (const { id, shades, points, bins } of JSON.parse(document.getElementById('data').textContent)) {
  const box = document.getElementById(id)
  draw(
    box,
    'Probes: latency from the due time',
    [dots('good, ms', palette[0]), dots('bad, ms', '#cc3d33', 'large')],
    [points.xs, points.goodMs, points.badMs],
    { log: true, label: 'ms', shades },
  )
  const names = Object.keys(bins.ratePerInstance)
  if (names.length > 0) {
    draw(
      box,
      'Good answers a second, by answering instance',
      names.map((name, index) => ({
        label: name,
        stroke: palette[index % palette.length],
        width: 1.5,
        dash: [[], [8, 3], [2, 3]][index % 3],
      })),
      [bins.xs, ...names.map(name => bins.ratePerInstance[name])],
      { label: 'per second', shades },
    )
  }
  draw(
    box,
    'Bad probes, % of each 100 ms',
    [{ label: 'bad, %', stroke: '#cc3d33', fill: 'rgba(204,61,51,.25)' }],
    [bins.xs, bins.badShare],
    {
      label: '%',
      shades,
    },
  )
}
