/** The same job for each of those that are compared. `bind`: `ADDRESS:PORT`; servers likewise. */
export function balancerConfig(
  engine: 'own' | 'http-proxy',
  bind: string,
  servers: readonly string[],
): string {
  const lines = servers.map(
    (address, index) => `    - { name: s${index}, zone: z${index}, address: "${address}" }`,
  )
  return `frontend: { bind: "${bind}" }
backend:
  name: bench
  engine: ${engine}
  servers:
${lines.join('\n')}
  check: { path: /readyz, inter: 200ms, fastinter: 50ms, timeout: 150ms, rise: 2, fall: 2 }
admin: { bind: "127.0.0.1:0" }
`
}

/** Debian's HAProxy, tuned for failures: quick checks, short time limits, retries on. */
export function haproxyConfig(bind: string, servers: readonly string[]): string {
  const lines = servers.map(
    (address, index) => `  server s${index} ${address} check inter 250ms fastinter 100ms`,
  )
  return `global
  nbthread 1
defaults
  mode http
  timeout client 30s
  timeout server 500ms
  timeout connect 100ms
  timeout check 100ms
  retries 2
  option redispatch
  option forwardfor
frontend edge
  bind ${bind}
  default_backend servers
backend servers
  balance roundrobin
  retry-on all-retryable-errors
  http-reuse always
  option httpchk GET /readyz
${lines.join('\n')}
`
}

export function nginxConfig(bind: string, servers: readonly string[]): string {
  const lines = servers.map(address => `    server ${address} max_fails=1 fail_timeout=2s;`)
  return `daemon off;
master_process off;
worker_processes 1;
error_log /dev/null;
pid /tmp/nginx.pid;
events { worker_connections 1024; }
http {
  access_log off;
  keepalive_requests 100000000;
  upstream servers {
${lines.join('\n')}
    keepalive 128;
    keepalive_requests 100000000;
  }
  proxy_connect_timeout 100ms;
  proxy_read_timeout 500ms;
  proxy_next_upstream error timeout http_503;
  server {
    listen ${bind};
    location / {
      proxy_pass http://servers;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    }
  }
}
`
}
