import { expect, test } from 'vitest'
import { leadsToAdmin } from './admin-door.ts'

test.each([
  '/admin',
  '/admin/behaviour',
  '/ADMIN',
  '//admin/',
  '/./admin',
  '/x/../admin',
  '/admin/../x',
  '/\\admin',
  '/%61dmin',
  '/%2561dmin',
  '/%25252561dmin',
  '/%2fadmin',
  '/x%2f..%2fadmin',
  '/admin;v=1/x',
  '/admin%3fx',
])('%s leads there', path => {
  expect(leadsToAdmin(path)).toBe(true)
})

test.each(['/', '/x/admin', '/administrator', '/admins', '/100%', '/%ff', '/%e4%b8%ad', '/a/./b/../c'])(
  '%s does not',
  path => {
    expect(leadsToAdmin(path)).toBe(false)
  },
)
