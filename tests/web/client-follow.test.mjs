import assert from 'node:assert/strict'
import { RelayError } from '../../web/index.js'
import { stopClocks } from './client/clock.mjs'
import { countingEventSource } from './client/browser.mjs'
import { message, messages, Page, promise } from './client/page.mjs'

promise(
  'a loaded thread shows its messages, then every word as it comes',
  async ({ relay, page, signal }) => {
    const thread = relay.thread('thread_1', [message('hello')])
    const { loadThread } = relay.client()

    await loadThread('thread_1', page.set, { signal, interval: 0 })
    thread.answer(['a ', 'b'], 'run_1')
    await page.until(() => page.list[0]?.id === 'msg_1' && page.list[0].status === 'completed')

    const seen = page.lists.map((list) => list.map(({ content }) => content[0]?.text.value ?? ''))
    assert.deepEqual(seen, [
      ['hello'],
      ['', 'hello'],
      ['a ', 'hello'],
      ['a b', 'hello'],
      ['a b', 'hello'],
    ])
  },
)

promise('all messages are loaded, a hundred at a time', async ({ relay, page, signal }) => {
  const all = messages(250)
  relay.thread('thread_1', all)
  const { loadThread } = relay.client()

  await loadThread('thread_1', page.set, { signal })

  assert.deepEqual(page.list, all)
  assert.equal(relay.requests('GET', /messages/).length, 3)
})

promise('the half-finished message of a reload goes on', async ({ relay, page, signal }) => {
  const thread = relay.thread()
  const { id } = thread.beginAnswer('run_1')
  thread.addWord(id, 'half ')
  const { loadThread } = relay.client()

  await loadThread('thread_1', page.set, { signal })
  thread.addWord(id, 'done')

  await page.shows('half done')
})

promise(
  'many calls share one load, one EventSource and one list',
  async ({ relay, page, signal }) => {
    const thread = relay.thread('thread_1', [message('hello')])
    const others = [new Page(), new Page()]
    const { loadThread } = relay.client()

    await Promise.all([page, ...others].map(({ set }) => loadThread('thread_1', set, { signal })))
    thread.answer(['a'], 'run_1')
    await Promise.all([page, ...others].map((one) => one.shows('a', 'hello')))

    assert.equal(relay.requests('GET', /events/).length, 1)
    assert.equal(relay.requests('GET', /messages/).length, 1)
    assert.ok(others.every(({ list }) => list === page.list))
  },
)

promise('a set that is given twice follows once', async ({ relay, page }) => {
  const thread = relay.thread()
  const { loadThread } = relay.client()
  const controller = new AbortController()
  const { signal } = controller

  await Promise.all([
    loadThread('thread_1', page.set, { signal }),
    loadThread('thread_1', page.set, { signal }),
  ])
  thread.addMessage('hello')
  await page.shows('hello')

  controller.abort()
  assert.equal(page.lists.length, 2)
  assert.equal(relay.requests('GET', /events/).length, 1)
})

promise('a set that is given another thread leaves the first', async ({ relay, page, signal }) => {
  const first = relay.thread('thread_1', [message('first')])
  relay.thread('thread_2', [message('second')])
  const { loadThread } = relay.client()
  await loadThread('thread_1', page.set, { signal })

  await loadThread('thread_2', page.set, { signal })
  first.addMessage('too late')
  relay.thread('thread_2').addMessage('in time')
  await page.shows('in time', 'second')

  assert.deepEqual(
    page.lists.map((list) => list[0].id),
    ['msg_first', 'msg_second', 'msg_1'],
  )
  assert.equal(first.followers.size, 0)
})

promise('a load that its set has left resolves without a word', async ({ relay, page, signal }) => {
  relay.thread('thread_1', [message('first')])
  relay.thread('thread_2', [message('second')])
  const gate = relay.gate('GET', /thread_1.messages/)
  const { loadThread } = relay.client()

  const former = loadThread('thread_1', page.set, { signal })
  await gate.arrived
  await loadThread('thread_2', page.set, { signal })
  gate.open()
  await former

  assert.deepEqual(
    page.lists.flat().map(({ id }) => id),
    ['msg_second'],
  )
})

promise(
  'an abort while the thread is loaded resolves, and nothing is set',
  async ({ relay, page }) => {
    relay.thread('thread_1', [message('hello')])
    const gate = relay.gate('GET', /messages/)
    const controller = new AbortController()
    const { loadThread } = relay.client()

    const loaded = loadThread('thread_1', page.set, { signal: controller.signal })
    await gate.arrived
    controller.abort()
    gate.open()

    assert.equal(await loaded, undefined)
    assert.deepEqual(page.lists, [])
  },
)

promise(
  'an effect that StrictMode takes back and repeats loads once',
  async ({ relay, page, signal }) => {
    relay.thread('thread_1', [message('hello')])
    const { loadThread } = relay.client()
    const controller = new AbortController()

    const first = loadThread('thread_1', page.set, { signal: controller.signal })
    controller.abort()
    await loadThread('thread_1', page.set, { signal })
    await first

    assert.equal(relay.requests('GET', /messages/).length, 1)
    assert.equal(page.lists.length, 1)
  },
)

promise('a thread that nobody looks at any more is let go', async ({ relay, page }) => {
  const thread = relay.thread()
  const controller = new AbortController()
  const { loadThread } = relay.client()
  await loadThread('thread_1', page.set, {
    signal: controller.signal,
    onConnection: page.onConnection,
  })
  await page.until(() => page.states.includes('open'))

  const [follower] = thread.followers
  const closed = new Promise((resolve) => follower?.on('close', resolve))
  controller.abort()
  await closed

  assert.equal(thread.followers.size, 0)
})

promise('a set that throws takes nothing from the others', async ({ relay, page, signal }) => {
  const thread = relay.thread()
  const { loadThread } = relay.client()
  /** @type {Promise<unknown>} */
  const uncaught = new Promise((resolve) => process.setUncaughtExceptionCaptureCallback(resolve))
  const mistakes = [new Error('a mistake of the page')]
  const broken = () => {
    const mistake = mistakes.pop()
    if (mistake) throw mistake
  }

  await Promise.all([
    loadThread('thread_1', broken, { signal }),
    loadThread('thread_1', page.set, { signal }),
  ])
  thread.addMessage('hello')
  await page.shows('hello')

  assert.match(String(await uncaught), /a mistake of the page/)
  process.setUncaughtExceptionCaptureCallback(null)
})

promise('a refused thread rejects with the words of the relay', async ({ relay, page, signal }) => {
  const { loadThread } = relay.client()

  const loaded = loadThread('thread_9', page.set, { signal })

  await assert.rejects(loaded, (error) => error instanceof RelayError && error.code === 'not_found')
  assert.deepEqual(page.lists, [])
})

promise(
  'the newest messages come first, older ones when they are asked for',
  async ({ relay, page, signal }) => {
    const all = messages(25)
    relay.thread('thread_1', all)
    const { loadThread, loadOlder } = relay.client()
    await loadThread('thread_1', page.set, { signal, limit: 10 })
    assert.deepEqual(page.list, all.slice(0, 10))

    const hasMore = await loadOlder('thread_1', page.set, { limit: 10 })
    assert.deepEqual(page.list, all.slice(0, 20))
    const hasStillMore = await loadOlder('thread_1', page.set, { limit: 10 })

    assert.deepEqual(page.list, all)
    assert.deepEqual([hasMore, hasStillMore], [true, false])
  },
)

promise(
  'who wants all messages gets them though another wanted few',
  async ({ relay, page, signal }) => {
    const all = messages(25)
    relay.thread('thread_1', all)
    const other = new Page()
    const { loadThread } = relay.client()

    await loadThread('thread_1', page.set, { signal, limit: 10 })
    await loadThread('thread_1', other.set, { signal })
    await page.until(() => page.list === other.list)

    assert.deepEqual(other.list, all)
  },
)

promise(
  'a set is called at most once in its interval, and last with the newest',
  async ({ relay, page, signal, context }) => {
    const thread = relay.thread()
    const { loadThread } = relay.client()
    const other = new Page()
    const { turn } = stopClocks(context)
    await loadThread('thread_1', page.set, { signal })
    await loadThread('thread_1', other.set, { signal, interval: 0 })

    thread.answer(['a ', 'b ', 'c'], 'run_1')
    await other.until(() => other.list[0]?.status === 'completed')
    assert.equal(page.lists.length, 1)
    turn(16)

    assert.equal(page.lists.length, 2)
    assert.deepEqual(page.texts, ['a b c'])
  },
)

promise(
  'the runs are shown beside the list, those in progress at once',
  async ({ relay, page, signal }) => {
    const thread = relay.thread()
    const { id } = thread.startRun({ assistant_id: 'plain' })
    const { loadThread } = relay.client()

    await loadThread('thread_1', page.set, { signal, setRuns: page.setRuns })
    assert.deepEqual(
      page.runs.map(({ status }) => status),
      ['in_progress'],
    )
    thread.endRun(id)

    await page.until(() => page.runs[0].status === 'completed')
  },
)

promise('cases of the page’s own change its lists', async ({ relay, page, signal }) => {
  const thread = relay.thread('thread_1', [message('hello')])
  const { loadThread } = relay.client({
    cases: { 'note.added': (list, note) => [note, ...list] },
    runCases: { 'note.run': (runs, run) => [run, ...runs] },
  })
  await loadThread('thread_1', page.set, { signal, setRuns: page.setRuns })

  thread.send('note.added', message('a note'))
  thread.send('note.run', { id: 'run_of_note' })
  thread.addMessage('bye')
  await page.shows('bye', 'a note', 'hello')

  assert.deepEqual(
    page.runs.map(({ id }) => id),
    ['run_of_note'],
  )
})

promise('the assistants are a list to choose from', async ({ relay }) => {
  const [plain] = await relay.client().assistants()

  assert.equal(plain?.id, 'plain')
})

promise('a thread is not loaded without a set', async ({ relay }) => {
  relay.thread()
  const { loadThread } = relay.client()
  const nothing = /** @type {any} */ (undefined)

  await assert.rejects(loadThread('thread_1', nothing), TypeError)
  await relay.client().assistants()

  assert.equal(relay.requests('GET', /thread_1/).length, 0)
})

promise('what comes while a page is called is the last it hears', async (given) => {
  const { relay, page, signal } = given
  relay.thread()
  const { sources, EventSource } = countingEventSource()
  const { loadThread } = relay.client({ EventSource })
  await loadThread('thread_1', () => {}, { signal })
  const data = JSON.stringify({ id: 'run_1', object: 'thread.run', status: 'queued' })
  /** @param {() => any[]} update */
  const set = (update) => {
    page.set(update)
    sources[0]?.dispatchEvent(new MessageEvent('relay.run', { data, lastEventId: 'a.1' }))
  }

  await loadThread('thread_1', set, { signal, setRuns: page.setRuns, interval: 0 })

  assert.equal(page.runs.length, 1)
})
