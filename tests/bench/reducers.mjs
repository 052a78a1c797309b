// The JavaScript reducer on the stream that reducers.py writes to standard input.  Says on standard
// output, as JSON, how many seconds each round has taken.
import { readFileSync } from 'node:fs'

import { EventReader, reduce } from '../../web/reducer/index.js'

// As the front end reads: it hands the list to the page at most every 16 ms.
const SET_MS = 16
const CHUNK_BYTES = 16 * 1024

const [rounds = 3, messages = 1000] = process.argv.slice(2).map(Number)
const stream = readFileSync(0)
const earlier = Array.from({ length: messages }, (_, number) => ({
  id: `msg_${number}`,
  object: 'thread.message',
  role: 'assistant',
  status: 'completed',
  content: [{ type: 'text', text: { value: `message ${number}`, annotations: [] } }],
}))

function textOf(thread) {
  return thread[0].content[0]?.text.value ?? ''
}

function* parsed() {
  const reader = new EventReader()
  for (let at = 0; at < stream.length; at += CHUNK_BYTES) {
    yield* reader.feed(stream.subarray(at, at + CHUNK_BYTES))
  }
  yield* reader.end()
}

function fold(events) {
  let thread = earlier
  let readAt = performance.now()
  for (const event of events) {
    thread = reduce(thread, event)
    if (performance.now() - readAt >= SET_MS) {
      // Strings that grow are kept as trees; looking at a character makes V8 put them together.
      textOf(thread).charCodeAt(0)
      readAt = performance.now()
    }
  }
  return textOf(thread)
}

function measure(events) {
  return Array.from({ length: rounds }, () => {
    const began = performance.now()
    const usage = process.cpuUsage()
    const text = fold(events())
    const { user, system } = process.cpuUsage(usage)
    // The clock counts what others do meanwhile, the CPU time what V8 does on other threads: this
    // thread has taken less than either.
    return { seconds: Math.min((performance.now() - began) / 1e3, (user + system) / 1e6), text }
  })
}

const events = [...parsed()]
const ready = measure(() => events)
const bytes = measure(parsed)
process.stdout.write(
  JSON.stringify({
    ready: ready.map((round) => round.seconds),
    bytes: bytes.map((round) => round.seconds),
    texts: [...new Set([...ready, ...bytes].map((round) => round.text))],
  }),
)
