import { describe, expect, it } from 'vitest'
import { parseDeb822Sources, parseOneLineSources, sourceForSuite, writeDeb822 } from './apt-sources.mjs'

const DEB822 = `Types: deb
# a pinned archive stands here as a comment
URIs: http://mirror.test/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/archive.gpg

Types: deb
URIs: http://mirror.test/debian-security
Suites: bookworm-security
Components: main
Signed-By: /usr/share/keyrings/archive.gpg
`

describe('deb822 sources', () => {
  it('reads every stanza, comments left out', () => {
    expect(parseDeb822Sources(DEB822)).toEqual([
      {
        types: ['deb'],
        uris: ['http://mirror.test/debian'],
        suites: ['bookworm', 'bookworm-updates'],
        components: ['main'],
        options: { 'Signed-By': '/usr/share/keyrings/archive.gpg' },
      },
      expect.objectContaining({ suites: ['bookworm-security'] }),
    ])
  })

  it('leaves a disabled stanza out', () => {
    expect(parseDeb822Sources(DEB822.replace('Types: deb', 'Enabled: no\nTypes: deb'))).toHaveLength(1)
  })

  it('keeps an embedded key, word for word, through writing', () => {
    const key =
      '\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n mDMEYCQjIxYJ\n -----END PGP PUBLIC KEY BLOCK-----'
    const text = `Types: deb\nURIs: http://mirror.test/d\nSuites: bookworm\nComponents: main\nSigned-By:${key}\n`
    const [source] = parseDeb822Sources(text)
    expect(source.options['Signed-By']).toBe(key)
    expect(parseDeb822Sources(writeDeb822(source))).toEqual([source])
  })
})

describe('one-line sources', () => {
  it('reads options, several components and none', () => {
    const text = `# deb http://mirror.test/off bookworm main
deb [arch=amd64,arm64 signed-by=/k.gpg check-valid-until=no] http://mirror.test/archive/20250520T000000Z bookworm main contrib # why
deb-src http://mirror.test/debian bookworm main
deb http://mirror.test/debian ./
`
    expect(parseOneLineSources(text)).toEqual([
      {
        types: ['deb'],
        uris: ['http://mirror.test/archive/20250520T000000Z'],
        suites: ['bookworm'],
        components: ['main', 'contrib'],
        options: { Architectures: 'amd64 arm64', 'Signed-By': '/k.gpg', 'Check-Valid-Until': 'no' },
      },
      expect.objectContaining({ types: ['deb-src'] }),
      expect.objectContaining({ suites: ['./'], components: [] }),
    ])
  })
})

describe('the same mirror, another suite', () => {
  it("takes the release's own source, not its security archive", () => {
    const security = parseDeb822Sources(DEB822).reverse()
    expect(writeDeb822(sourceForSuite(security, 'bookworm', 'trixie'))).toBe(
      'Types: deb\nURIs: http://mirror.test/debian\nSuites: trixie\nComponents: main\nSigned-By: /usr/share/keyrings/archive.gpg\n',
    )
  })

  it('has none to offer from a disc, from sources alone, or from another release', () => {
    const text = `deb cdrom:[Debian_12]/ bookworm main
deb-src http://mirror.test/debian bookworm main
deb http://mirror.test/debian sid main`
    expect(sourceForSuite(parseOneLineSources(text), 'bookworm', 'trixie')).toBeUndefined()
  })
})
