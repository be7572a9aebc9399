import http from 'node:http'

/** The container's own health check: is 127.0.0.1:`port` ready? */
export function askReady(port: number, timeoutMs: number): Promise<'ready' | 'not-ready'> {
  return new Promise(resolve => {
    const req = http.get({ host: '127.0.0.1', port, path: '/readyz', agent: false }, res => {
      res.resume()
      done(res.statusCode === 200 ? 'ready' : 'not-ready')
    })
    const done = (result: 'ready' | 'not-ready') => {
      clearTimeout(timer)
      resolve(result)
      req.destroy()
    }
    const timer = setTimeout(() => done('not-ready'), timeoutMs)
    req.on('error', () => done('not-ready'))
  })
}
