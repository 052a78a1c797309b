// Follows over HTTP/2 as a browser would, and writes out what comes.
// Usage: node follow.mjs URL CA HEADERS
import { readFileSync } from 'node:fs'
import { connect } from 'node:http2'

const [url, ca, headers] = process.argv.slice(2)
const { origin, pathname, search } = new URL(url)
const session = connect(origin, { ca: readFileSync(ca) })
const stream = session.request({ ':path': pathname + search, ...JSON.parse(headers) })
stream.on('response', (answered) => {
  process.stdout.write(`${JSON.stringify(answered)}\n`)
})
stream.on('data', (chunk) => process.stdout.write(chunk))
stream.on('end', () => session.close())
