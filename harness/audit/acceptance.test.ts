import { expect, test } from 'vitest'
import { acceptedOf, labelledAcceptances, parseAcceptance } from './acceptance.ts'
import { componentsOf } from './component.ts'

const components = componentsOf({
  members: ['lb', 'web'].map(service => ({ service, number: 1, zone: null, tier: null })),
  entryServices: ['lb'],
})

test('the reason is all that follows the first colon', () => {
  expect(parseAcceptance('service=lb: see https://wiki/lb')).toEqual({
    component: 'service=lb',
    reason: 'see https://wiki/lb',
  })
})

test.each(['service=lb', 'service=lb:', ':why'])('%s gives no reason, or is of nothing', text => {
  expect(() => parseAcceptance(text)).toThrow('gives no reason')
})

test('a key misspelt is refused as in any selector', () => {
  expect(() => parseAcceptance('servise=lb:why')).toThrow('Did you mean `service=…`')
})

test('it is looked up by component, and the first reason stands', () => {
  const accepted = acceptedOf(
    [parseAcceptance('service=lb:first'), parseAcceptance('name=lb-1:second')],
    components,
  )
  expect(accepted).toEqual({ 'lb-1': 'first' })
})

test('one that means nothing is an error that names what there is', () => {
  expect(() => acceptedOf([parseAcceptance('service=cache:why')], components)).toThrow(
    'Nothing is `service=cache`. There are: lb-1, web-1.',
  )
})

test('a label of the service accepts it', () => {
  const service = { name: 'lb', replicas: 1, publishedPorts: [], labels: { 'zonefall.accept': 'replicated' } }
  const project = {
    name: 'x',
    file: '',
    directory: '',
    resolved: '',
    fixedVolumes: [],
    services: [service, { ...service, name: 'web', labels: {} }],
  }
  expect(labelledAcceptances(project)).toEqual([{ component: 'service=lb', reason: 'replicated' }])
})
