import { EventSource } from '../../../web/node_modules/eventsource/dist/index.js'

/**
 * What a browser tells a page of itself, until the test ends.
 *
 * @param {import('node:test').TestContext} context
 */
export function browser(context) {
  const window = new EventTarget()
  const document = Object.assign(new EventTarget(), { visibilityState: 'visible' })
  const navigator = { onLine: true }
  const addEventListener = window.addEventListener.bind(window)
  for (const [name, value] of Object.entries({ document, navigator, addEventListener })) {
    const former = Object.getOwnPropertyDescriptor(globalThis, name)
    Object.defineProperty(globalThis, name, { value, configurable: true })
    context.after(() => {
      if (former) Object.defineProperty(globalThis, name, former)
      else Reflect.deleteProperty(globalThis, name)
    })
  }

  /** @param {'hidden' | 'visible'} state */
  const turn = (state) => {
    document.visibilityState = state
    document.dispatchEvent(new Event('visibilitychange'))
  }

  /** @param {boolean} onLine */
  const connect = (onLine) => {
    navigator.onLine = onLine
    window.dispatchEvent(new Event(onLine ? 'online' : 'offline'))
  }

  return {
    hide: () => turn('hidden'),
    show: () => turn('visible'),
    goOffline: () => connect(false),
    goOnline: () => connect(true),
  }
}

/** An EventSource that keeps a list of its connections: `[{url, readyState}]`. */
export function countingEventSource() {
  /** @type {EventSource[]} */
  const sources = []

  class CountingEventSource extends EventSource {
    /** @param {string} url */
    constructor(url) {
      super(url)
      sources.push(this)
    }
  }

  return { sources, EventSource: CountingEventSource }
}

/** @param {EventSource | undefined} source */
export function cursorOf(source) {
  return source && new URL(source.url).searchParams.get('last_event_id')
}
