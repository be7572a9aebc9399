/** The page's own style: light and dark, readable on a phone, states told by words and not by colour alone. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #22262e; --paper: #fff; --rule: #d5d9e0; --soft: #f3f5f8 }
@media (prefers-color-scheme: dark) { :root { --ink: #d7dae0; --paper: #16191f; --rule: #3a404c; --soft: #20242c } }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif }
main { max-width: 62rem; margin: 0 auto; padding: 1rem }
h1 { font-size: 1.5rem } h2 { font-size: 1.15rem; margin-top: 2rem } h3 { font-size: 1rem }
.sentence { font-size: 1.1rem }
.status { font-size: .9rem; padding: .1rem .6rem; border: 2px solid; border-radius: 1rem; text-transform: uppercase }
.status.pass { color: #2c8047 } .status.fail { color: #cc3d33 }
.status.inconclusive, .status.invalid, .invalid { color: #a06a00 }
@media (prefers-color-scheme: dark) { .status.pass { color: #6cc287 } .status.fail { color: #f08a80 } .status.inconclusive, .status.invalid, .invalid { color: #e0b050 } }
.table { overflow-x: auto } table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: .25rem .7rem .25rem 0; border-bottom: 1px solid var(--rule); vertical-align: top }
td.name { white-space: nowrap } pre { background: var(--soft); padding: .7rem; overflow-x: auto }
.u-legend { font-size: .85rem } .u-title { font-size: 1rem }
`
