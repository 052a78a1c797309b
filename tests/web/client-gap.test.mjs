import assert from 'node:assert/strict'
import { browser, countingEventSource, cursorOf } from './client/browser.mjs'
import { stopClocks } from './client/clock.mjs'
import { refusal } from './client/fake-relay.mjs'
import { message, messages, promise } from './client/page.mjs'

/**
 * Loses all that comes until `end`: the page is away, and the log forgets.
 *
 * @param {import('./client/fake-thread.mjs').FakeThread} thread
 * @param {() => void} meanwhile
 */
function loseFrames(thread, meanwhile) {
  thread.cut()
  meanwhile()
  thread.trim()
}

promise('after a gap the thread is loaded again, and goes on', async ({ relay, page, signal }) => {
  const thread = relay.thread('thread_1', [message('hello')])
  const { loadThread } = relay.client()
  const { onConnection } = page
  await loadThread('thread_1', page.set, { signal, onConnection })
  await page.until(() => page.states.at(-1) === 'open')

  loseFrames(thread, () => thread.addMessage('lost'))
  await page.shows('lost', 'hello')
  await page.until(() => page.states.at(-1) === 'open')
  thread.addMessage('seen')
  await page.shows('seen', 'lost', 'hello')

  assert.deepEqual(page.states, [
    'connecting',
    'open',
    'lost',
    'open',
    'reloading',
    'connecting',
    'open',
  ])
})

promise(
  'words between the gap and the snapshot are neither lost nor doubled',
  async ({ relay, page, signal }) => {
    const thread = relay.thread()
    const { sources, EventSource } = countingEventSource()
    const { loadThread } = relay.client({ EventSource })
    await loadThread('thread_1', page.set, { signal, interval: 0 })
    const { id } = thread.beginAnswer('run_1')
    await page.shows('')
    const gate = relay.gate('GET', /messages/)

    loseFrames(thread, () => thread.addWord(id, 'lost '))
    await gate.arrived
    thread.addWord(id, 'before ')
    gate.open()
    await page.shows('lost before ')
    thread.addWord(id, 'after')
    await page.shows('lost before after')

    assert.deepEqual(sources.map(cursorOf), ['a.0', 'a.3'])
  },
)

promise(
  'words between the snapshot and the feed are neither lost nor doubled',
  async ({ relay, page, signal }) => {
    const thread = relay.thread()
    const { loadThread } = relay.client()
    await loadThread('thread_1', page.set, { signal, interval: 0 })
    const { id } = thread.beginAnswer('run_1')
    await page.shows('')
    const feeds = [relay.gate('GET', /events/)]

    loseFrames(thread, () => thread.addWord(id, 'lost '))
    await feeds[0]?.arrived
    feeds.unshift(relay.gate('GET', /events/))
    feeds[1]?.open()
    await feeds[0]?.arrived
    thread.addWord(id, 'between')
    feeds[0]?.open()
    await page.shows('lost between')

    assert.equal(page.texts.length, 1)
  },
)

promise(
  'a relay that has forgotten everything is a gap, not an end',
  async ({ relay, page, signal }) => {
    const thread = relay.thread()
    const { loadThread } = relay.client()
    await loadThread('thread_1', page.set, { signal })
    thread.addMessage('before')
    await page.shows('before')

    const port = await relay.stop()
    thread.log = 'b'
    thread.frames = []
    await relay.start(port)
    thread.addMessage('after')

    await page.shows('after', 'before')
  },
)

promise(
  'as many messages are loaded after a gap as there were',
  async ({ relay, page, signal }) => {
    const all = messages(30)
    const thread = relay.thread('thread_1', all)
    const { loadThread, loadOlder } = relay.client()
    await loadThread('thread_1', page.set, { signal, limit: 10 })
    await loadOlder('thread_1', page.set, { limit: 10 })

    loseFrames(thread, () => thread.addMessage('lost'))
    await page.until(() => page.list[0]?.id === 'msg_1')

    assert.deepEqual(page.list.slice(1), all.slice(0, 19))
  },
)

promise('a reload that fails is tried again', async ({ relay, page, signal }) => {
  const thread = relay.thread()
  const { loadThread } = relay.client()
  await loadThread('thread_1', page.set, { signal })
  relay.once('GET', /messages/, refusal(502, 'upstream_error'))

  loseFrames(thread, () => thread.addMessage('lost'))

  await page.shows('lost')
})

promise(
  'gap after gap is reloaded more and more slowly',
  async ({ relay, page, signal, context }) => {
    const thread = relay.thread()
    const { sources, EventSource } = countingEventSource()
    const { loadThread } = relay.client({ EventSource })
    const { turn } = stopClocks(context)
    const { goOnline } = browser(context)
    await loadThread('thread_1', page.set, { signal, interval: 0, onConnection: page.onConnection })
    await page.until(() => page.states.at(-1) === 'open')
    thread.frames.push({ event: 'relay.message', data: message('lost') })
    thread.trim()
    thread.log = 'elsewhere'
    relay.rules.push(({ path, query }) => {
      if (path.endsWith('messages'))
        return { body: { ...thread.page(query), last_event_id: 'outdated.0' } }
      return undefined
    })

    goOnline()
    await page.until(() => sources.length === 3 && page.states.at(-1) === 'reloading')
    assert.equal(relay.requests('GET', /messages/).length, 2)
    turn(1000)
    assert.equal(relay.requests('GET', /messages/).length, 2)
    turn(1000)
    await page.until(() => sources.length === 4 && page.states.at(-1) === 'reloading')

    assert.equal(relay.requests('GET', /messages/).length, 3)
  },
)

promise('a run that ends in a gap is asked for', async ({ relay, page, signal }) => {
  const thread = relay.thread()
  const { loadThread, run } = relay.client()
  await loadThread('thread_1', page.set, { signal, setRuns: page.setRuns })
  const pending = run('thread_1', 'plain', page.set)
  await page.until(() => page.runs[0]?.status === 'in_progress')

  loseFrames(thread, () => thread.endRun('run_1', 'cancelled'))
  const ended = await pending

  assert.equal(ended.status, 'cancelled')
  await page.until(() => page.runs[0]?.status === 'cancelled')
})

promise(
  'a run that nobody waits for is asked for too, so that none seems to go on for ever',
  async ({ relay, page, signal }) => {
    const thread = relay.thread()
    const { loadThread } = relay.client()
    const { id } = thread.startRun({ assistant_id: 'plain' })
    await loadThread('thread_1', page.set, { signal, setRuns: page.setRuns })

    loseFrames(thread, () => thread.endRun(id))

    await page.until(() => page.runs[0]?.status === 'completed')
  },
)

promise('a run that goes on after a gap ends by its own frame', async ({ relay, page, signal }) => {
  const thread = relay.thread()
  const { loadThread, run } = relay.client()
  await loadThread('thread_1', page.set, { signal, setRuns: page.setRuns })
  const pending = run('thread_1', 'plain', page.set)
  await page.until(() => page.runs[0]?.status === 'in_progress')

  loseFrames(thread, () => thread.answer(['lost'], 'run_1'))
  await page.shows('lost')
  thread.answer(['seen'], 'run_1')
  thread.endRun('run_1')
  const ended = await pending

  assert.equal(ended.status, 'completed')
  assert.deepEqual(page.texts, ['seen', 'lost'])
  assert.equal(relay.requests('GET', /runs/).length, 0)
})

promise('a run that the relay has lost rejects', async ({ relay, page, signal }) => {
  const thread = relay.thread()
  const { loadThread, run } = relay.client()
  await loadThread('thread_1', page.set, { signal, setRuns: page.setRuns })
  const pending = run('thread_1', 'plain', page.set)
  await page.until(() => page.runs[0]?.status === 'in_progress')

  loseFrames(thread, () => {
    thread.addMessage('lost')
    thread.runs.clear()
  })

  await assert.rejects(pending, { name: 'RelayError', status: 404, code: 'not_found' })
  await page.until(() => page.runs.length === 0)
})

promise(
  'a run whose frames are lost while it is started is asked for',
  async ({ relay, page, signal }) => {
    const thread = relay.thread()
    const { loadThread, run } = relay.client()
    await loadThread('thread_1', page.set, { signal, onConnection: page.onConnection })
    await page.until(() => page.states.at(-1) === 'open')
    const started = relay.gate('POST', /runs/)
    /** @type {any} */
    let accepted
    relay.rules.push(({ method, path, body }) => {
      if (method !== 'POST' || !path.endsWith('runs')) return undefined
      return { status: 201, body: accepted ?? thread.startRun(body) }
    })

    const pending = run('thread_1', 'plain', page.set)
    await started.arrived
    loseFrames(thread, () => {
      accepted = thread.startRun({ assistant_id: 'plain' })
      thread.endRun(accepted.id)
    })
    await page.until(() => page.states.includes('reloading') && page.states.at(-1) === 'open')
    started.open()

    assert.equal((await pending).status, 'completed')
  },
)

promise('a run that only the upstream still knows is seen to its end', async (given) => {
  const { relay, page, signal } = given
  const thread = relay.thread()
  const { loadThread, run } = relay.client()
  await loadThread('thread_1', page.set, { signal, setRuns: page.setRuns })
  const pending = run('thread_1', 'plain', page.set)
  await page.until(() => page.runs[0]?.status === 'in_progress')
  thread.setRun('run_1', { upstream_ids: ['upstream_1'] })
  await page.until(() => page.runs[0].upstream_ids.length)
  const { id } = thread.beginAnswer('upstream_1')
  await page.shows('')
  const upstream = { id: 'upstream_1', object: 'thread.run', status: 'in_progress' }
  relay.rules.push(({ path }) => (path.endsWith('upstream_1') ? { body: upstream } : undefined))

  loseFrames(thread, () => {
    thread.addMessage('lost')
    thread.runs.clear()
  })
  await relay.arrival('GET', /upstream_1/)
  thread.whisper(id, 'all of the answer')
  upstream.status = 'completed'
  const ended = await pending

  assert.deepEqual([ended.id, ended.status], ['run_1', 'completed'])
  await page.shows('lost', 'all of the answer')
})

promise('gaps with events between them are reloaded at once', async (given) => {
  const { relay, page, signal, context } = given
  const thread = relay.thread()
  const { loadThread } = relay.client()
  stopClocks(context)
  const { goOnline } = browser(context)
  await loadThread('thread_1', page.set, { signal, interval: 0, onConnection: page.onConnection })

  for (const text of ['1', '2', '3']) {
    await page.until(() => page.states.at(-1) === 'open')
    thread.addMessage(`seen ${text}`)
    await page.until(() => page.texts[0] === `seen ${text}`)
    loseFrames(thread, () => thread.addMessage(`lost ${text}`))
    await page.until(() => page.states.at(-1) === 'lost')
    goOnline()
    await page.until(() => page.texts[0] === `lost ${text}`)
  }

  assert.equal(page.texts.length, 6)
})

promise('gaps with silence between them are reloaded at once', async (given) => {
  const { relay, page, signal, context } = given
  const thread = relay.thread()
  const { sources, EventSource } = countingEventSource()
  const { loadThread } = relay.client({ EventSource })
  stopClocks(context)
  const { goOnline } = browser(context)
  await loadThread('thread_1', page.set, { signal, interval: 0, onConnection: page.onConnection })

  for (const text of ['1', '2', '3']) {
    await page.until(() => page.states.at(-1) === 'open')
    const heard = new Promise((resolve) => {
      sources.at(-1)?.addEventListener('relay.ping', resolve)
    })
    thread.ping()
    await heard
    loseFrames(thread, () => thread.addMessage(`lost ${text}`))
    await page.until(() => page.states.at(-1) === 'lost')
    goOnline()
    await page.until(() => page.texts[0] === `lost ${text}`)
  }

  assert.equal(page.texts.length, 3)
})

promise('an upstream that is down says nothing of a run', async ({ relay, page, signal }) => {
  const thread = relay.thread()
  const { loadThread, run } = relay.client()
  await loadThread('thread_1', page.set, { signal, setRuns: page.setRuns })
  const pending = run('thread_1', 'plain', page.set)
  await page.until(() => page.runs[0]?.status === 'in_progress')
  relay.once('GET', /runs/, refusal(502, 'upstream_lost'))
  relay.once('GET', /runs/, refusal(429, 'rate_limit_exceeded'))

  loseFrames(thread, () => thread.endRun('run_1'))

  assert.equal((await pending).status, 'completed')
})
