/**
 * node:http, loaded when the server is, not with the bundle: an `import` of it would be lifted to the top
 * of the bundle, and half of the health check's start-up, in every container every second or so, is that.
 */
export const http = process.getBuiltinModule('node:http')
