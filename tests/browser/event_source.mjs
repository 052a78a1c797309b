// Follows an event stream with npm's eventsource until it is closed for good, and prints what came.
import { EventSource } from '../../web/node_modules/eventsource/dist/index.js'

const [url, ...names] = process.argv.slice(2)
const source = new EventSource(url)
const heard = []

for (const name of names) {
  source.addEventListener(name, (event) => {
    // A lost connection is called `error` too, but has no data.
    if (event.data !== undefined) heard.push([event.lastEventId, name, event.data])
  })
}
source.addEventListener('error', () => {
  if (source.readyState === EventSource.CLOSED) console.log(JSON.stringify(heard))
})
