import assert from 'node:assert/strict'
import { browser, countingEventSource, cursorOf } from './client/browser.mjs'
import { stopClocks } from './client/clock.mjs'
import { refusal } from './client/fake-relay.mjs'
import { message, promise } from './client/page.mjs'

const CLOSED = 2

promise('a connection that was cut goes on where it was', async ({ relay, page, signal }) => {
  const thread = relay.thread()
  const { loadThread } = relay.client()
  const { onConnection } = page
  await loadThread('thread_1', page.set, { signal, interval: 0, onConnection })
  const { id } = thread.beginAnswer('run_1')
  thread.addWord(id, 'a ')
  await page.shows('a ')

  thread.cut()
  thread.addWord(id, 'b ')
  await page.shows('a b ')
  thread.cut()
  thread.addWord(id, 'c')
  await page.shows('a b c')

  const seen = page.lists.map(([newest]) => newest?.content[0]?.text.value)
  assert.deepEqual(seen, [undefined, undefined, 'a ', 'a b ', 'a b c'])
  assert.deepEqual(page.states, ['connecting', 'open', 'lost', 'open', 'lost', 'open'])
})

promise('a page survives a restart of the relay', async ({ relay, page, signal }) => {
  const thread = relay.thread()
  const { loadThread } = relay.client()
  const { onConnection } = page
  await loadThread('thread_1', page.set, { signal, onConnection })
  thread.addMessage('before')
  await page.shows('before')

  const port = await relay.stop()
  await page.until(() => page.states.at(-1) === 'lost')
  thread.addMessage('meanwhile')
  await relay.start(port)

  await page.shows('meanwhile', 'before')
})

promise(
  'an EventSource that gave up is opened again, later each time, at the newest cursor',
  async ({ relay, page, signal, context }) => {
    const { sources, EventSource } = countingEventSource()
    const thread = relay.thread()
    const { loadThread } = relay.client({ EventSource })
    const { turn } = stopClocks(context)
    relay.once('GET', /events/, refusal(503, 'draining'))
    relay.once('GET', /events/, refusal(503, 'draining'))
    thread.addMessage('one')
    const { onConnection } = page
    await loadThread('thread_1', page.set, { signal, onConnection })

    await page.until(() => sources[0]?.readyState === CLOSED && page.states.at(-1) === 'lost')
    turn(499)
    assert.equal(sources.length, 1)
    turn(501)
    assert.equal(sources.length, 2)
    await new Promise((resolve) => sources[1]?.addEventListener('error', resolve))
    turn(999)
    assert.equal(sources.length, 2)
    turn(1001)
    await page.until(() => page.states.at(-1) === 'open')

    assert.deepEqual(sources.map(cursorOf), ['a.1', 'a.1', 'a.1'])
  },
)

promise('who has been connected in between waits no longer than at first', async (given) => {
  const { relay, page, signal, context } = given
  const { sources, EventSource } = countingEventSource()
  relay.thread()
  const { loadThread } = relay.client({ EventSource })
  const { turn } = stopClocks(context)
  const { goOnline } = browser(context)
  const { onConnection } = page
  await loadThread('thread_1', page.set, { signal, onConnection })

  for (const count of [1, 2, 3, 4]) {
    await page.until(() => page.states.at(-1) === 'open')
    relay.once('GET', /events/, refusal(503, 'draining'))
    goOnline()
    await new Promise((resolve) => sources.at(-1)?.addEventListener('error', resolve))
    turn(1000)

    assert.equal(sources.length, 2 * count + 1)
  }
})

promise(
  'a connection that is silent for 45 seconds is opened anew',
  async ({ relay, page, signal, context }) => {
    const { sources, EventSource } = countingEventSource()
    const thread = relay.thread()
    const { loadThread } = relay.client({ EventSource })
    const { turn } = stopClocks(context)
    await loadThread('thread_1', page.set, { signal, interval: 0, onConnection: page.onConnection })
    await page.until(() => page.states.at(-1) === 'open')
    turn(40_000)
    thread.addMessage('one')
    await page.shows('one')

    turn(44_999)
    assert.equal(sources.length, 1)
    turn(1)
    assert.equal(sources.length, 2)
    await page.until(() => page.states.at(-1) === 'open')

    assert.equal(sources[0]?.readyState, CLOSED)
    assert.deepEqual(sources.map(cursorOf), ['a.0', 'a.1'])
  },
)

promise('pings keep a connection', async ({ relay, page, signal, context }) => {
  const { sources, EventSource } = countingEventSource()
  const thread = relay.thread()
  const { loadThread } = relay.client({ EventSource })
  const { turn } = stopClocks(context)
  await loadThread('thread_1', page.set, { signal, onConnection: page.onConnection })
  await page.until(() => page.states.at(-1) === 'open')

  for (const _ of [1, 2, 3, 4]) {
    const heard = new Promise((resolve) => sources[0]?.addEventListener('relay.ping', resolve))
    turn(40_000)
    thread.ping()
    await heard
  }

  assert.equal(sources.length, 1)
  assert.equal(page.lists.length, 1)
})

promise(
  'a machine that wakes up after a long sleep does not wait for the clock',
  async ({ relay, page, signal, context }) => {
    const { show } = browser(context)
    const { sources, EventSource } = countingEventSource()
    relay.thread()
    const { loadThread } = relay.client({ EventSource })
    const { sleep } = stopClocks(context)
    await loadThread('thread_1', page.set, { signal, onConnection: page.onConnection })
    await page.until(() => page.states.at(-1) === 'open')

    sleep(3_600_000)
    show()

    assert.equal(sources.length, 2)
  },
)

promise(
  'a page that is hidden for 30 seconds lets go, and returns with its cursor',
  async ({ relay, page, signal, context }) => {
    const { hide, show } = browser(context)
    const { sources, EventSource } = countingEventSource()
    const thread = relay.thread()
    const { loadThread } = relay.client({ EventSource })
    const { turn } = stopClocks(context)
    await loadThread('thread_1', page.set, { signal, interval: 0, onConnection: page.onConnection })
    thread.addMessage('one')
    await page.shows('one')

    hide()
    turn(29_999)
    assert.notEqual(sources[0]?.readyState, CLOSED)
    turn(1)
    assert.equal(sources[0]?.readyState, CLOSED)
    assert.equal(page.states.at(-1), 'paused')
    thread.addMessage('two')
    turn(600_000)
    assert.equal(sources.length, 1)
    show()
    await page.shows('two', 'one')

    assert.deepEqual(sources.map(cursorOf), ['a.0', 'a.1'])
  },
)

promise(
  'a hidden page with a run under way stays until the run has ended',
  async ({ relay, page, signal, context }) => {
    const { hide } = browser(context)
    const { sources, EventSource } = countingEventSource()
    const thread = relay.thread()
    const { loadThread, run } = relay.client({ EventSource })
    const { turn } = stopClocks(context)
    const { onConnection } = page
    await loadThread('thread_1', page.set, {
      signal,
      interval: 0,
      setRuns: page.setRuns,
      onConnection,
    })
    const pending = run('thread_1', 'plain', page.set)
    await page.until(() => page.runs.length)

    hide()
    turn(44_000)
    assert.notEqual(sources[0]?.readyState, CLOSED)
    thread.endRun('run_1')
    await pending
    turn(30_000)

    assert.equal(sources[0]?.readyState, CLOSED)
    assert.equal(page.states.at(-1), 'paused')
  },
)

promise(
  'a call in a hidden page that has let go takes the connection up again',
  async ({ relay, page, signal, context }) => {
    const { hide } = browser(context)
    relay.thread()
    const { loadThread, addMessage } = relay.client()
    const { turn } = stopClocks(context)
    await loadThread('thread_1', page.set, { signal, interval: 0, onConnection: page.onConnection })
    hide()
    turn(30_000)
    assert.equal(page.states.at(-1), 'paused')

    const added = await addMessage('thread_1', 'hello', page.set)

    assert.deepEqual(page.list, [added])
  },
)

promise('a page that comes back from the cache of former pages is connected', async (given) => {
  const { relay, page, signal, context } = given
  const { hide, show } = browser(context)
  const { sources, EventSource } = countingEventSource()
  const thread = relay.thread()
  const { loadThread } = relay.client({ EventSource })
  await loadThread('thread_1', page.set, { signal, onConnection: page.onConnection })
  await page.until(() => page.states.at(-1) === 'open')

  hide()
  sources[0]?.close()
  thread.addMessage('meanwhile')
  show()

  await page.shows('meanwhile')
})

promise('the network goes and returns', async ({ relay, page, signal, context }) => {
  const { goOffline, goOnline } = browser(context)
  const { sources, EventSource } = countingEventSource()
  const thread = relay.thread('thread_1', [message('hello')])
  const { loadThread } = relay.client({ EventSource })
  const { onConnection } = page
  await loadThread('thread_1', page.set, { signal, onConnection })
  await page.until(() => page.states.at(-1) === 'open')

  const port = await relay.stop()
  goOffline()
  await page.until(() => page.states.at(-1) === 'offline')
  thread.addMessage('meanwhile')
  await relay.start(port)
  goOnline()
  await page.shows('meanwhile', 'hello')

  assert.equal(sources.length, 2)
})

promise(
  'an event of the upstream that is named error is no lost connection',
  async ({ relay, page, signal }) => {
    const { sources, EventSource } = countingEventSource()
    const thread = relay.thread()
    const { loadThread } = relay.client({ EventSource })
    const { onConnection } = page
    await loadThread('thread_1', page.set, { signal, onConnection })

    thread.send('error', { error: { message: 'the model is overloaded' } })
    thread.addMessage('hello')
    await page.shows('hello')

    assert.deepEqual(page.states, ['connecting', 'open'])
    assert.equal(sources.length, 1)
  },
)
