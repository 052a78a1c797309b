import assert from 'node:assert/strict'
import { message, Page, promise } from './client/page.mjs'

promise(
  'an added message is resolved with once it is in the list',
  async ({ relay, page, signal }) => {
    relay.thread()
    const { loadThread, addMessage } = relay.client()
    await loadThread('thread_1', page.set, { signal })

    const added = await addMessage('thread_1', 'hello', page.set)

    assert.deepEqual(page.texts, ['hello'])
    assert.equal(page.list[0], added)
  },
)

promise(
  'a set that follows nothing yet sees the whole thread while a call is under way',
  async ({ relay, page }) => {
    const thread = relay.thread('thread_1', [message('before')])
    const { addMessage } = relay.client()

    await addMessage('thread_1', 'hello', page.set)
    const follower = [...thread.followers][0]
    await new Promise((resolve) => follower?.on('close', resolve))
    thread.addMessage('too late')

    assert.deepEqual(page.texts, ['hello', 'before'])
  },
)

promise('a message without a set is resolved with all the same', async ({ relay }) => {
  relay.thread('thread_1', [message('before')])

  const { id } = await relay.client().addMessage('thread_1', 'hello')

  assert.equal(id, 'msg_1')
})

for (const status of ['completed', 'incomplete', 'failed', 'cancelled', 'expired']) {
  promise(`a run that ends as ${status} resolves`, async ({ relay, page, signal }) => {
    const thread = relay.thread()
    const { loadThread, run } = relay.client()
    await loadThread('thread_1', page.set, { signal, setRuns: page.setRuns })

    const pending = run('thread_1', 'plain', page.set)
    await page.until(() => page.runs.length)
    thread.answer(['a ', 'b'], 'run_1')
    thread.endRun('run_1', status)
    const ended = await pending

    assert.deepEqual([ended.id, ended.status, ended.assistant_id], ['run_1', status, 'plain'])
    assert.deepEqual(page.texts, ['a b'])
  })
}

promise(
  'a run that has ended before its POST is answered resolves',
  async ({ relay, page, signal }) => {
    const thread = relay.thread()
    const { loadThread, run } = relay.client()
    await loadThread('thread_1', page.set, { signal, setRuns: page.setRuns })
    relay.rules.push(async ({ method, body }) => {
      if (method !== 'POST') return undefined
      const started = thread.startRun(body)
      thread.endRun(started['id'])
      await page.until(() => page.runs[0]?.status === 'completed')
      return { status: 201, body: started }
    })

    const ended = await run('thread_1', 'plain')

    assert.equal(ended.status, 'completed')
  },
)

promise('what a run is asked for goes into its request', async ({ relay, signal }) => {
  relay.thread()
  const { addMessageAndRun } = relay.client()
  const options = /** @type {const} */ ({
    ifBusy: 'interrupt',
    metadata: { by: 'me' },
    idempotencyKey: 'mine',
    signal,
  })

  void addMessageAndRun('thread_1', 'hello', 'plain', null, options)
  const { key, body } = await relay.arrival('POST', /runs/)

  const additional = [{ role: 'user', content: 'hello' }]
  const run = { assistant_id: 'plain', additional_messages: additional, if_busy: 'interrupt' }
  assert.deepEqual(body, { ...run, metadata: { by: 'me' } })
  assert.equal(key, 'mine')
})

promise(
  'several assistants are queued at once, and answer one after the other',
  async ({ relay, page, signal }) => {
    const thread = relay.thread()
    const { loadThread, addMessageAndRuns } = relay.client()
    await loadThread('thread_1', page.set, { signal, setRuns: page.setRuns })
    const options = { idempotencyKey: 'mine' }

    const pending = addMessageAndRuns('thread_1', 'hello', ['a', 'b', 'c'], page.set, options)
    await page.until(() => page.runs.length === 3)
    for (const id of thread.runs.keys()) {
      thread.setRun(id, { status: 'in_progress' })
      thread.answer([thread.runs.get(id)?.['assistant_id']], id)
      thread.endRun(id)
    }
    const runs = await pending

    const asked = relay.requests('POST', /runs/)
    assert.deepEqual(
      asked.map(({ key }) => key),
      ['mine', 'mine-1', 'mine-2'],
    )
    assert.deepEqual(
      asked.map(({ body }) => body.if_busy),
      [undefined, 'enqueue', 'enqueue'],
    )
    assert.deepEqual(
      asked.map(({ body }) => body.additional_messages?.length),
      [1, undefined, undefined],
    )
    assert.deepEqual(
      runs.map(({ assistant_id: id, status }) => `${id} ${status}`),
      ['a completed', 'b completed', 'c completed'],
    )
    assert.deepEqual(page.texts, ['c', 'b', 'a', 'hello'])
  },
)

promise('no assistant at all just adds the message', async ({ relay, page, signal }) => {
  relay.thread()
  const { loadThread, addMessageAndRuns } = relay.client()
  await loadThread('thread_1', page.set, { signal })

  const runs = await addMessageAndRuns('thread_1', 'hello', [], page.set)

  assert.deepEqual(runs, [])
  assert.deepEqual(page.texts, ['hello'])
})

promise(
  'a run that is stopped resolves with its partial text in the list',
  async ({ relay, page, signal }) => {
    const thread = relay.thread()
    const { loadThread, run, stop } = relay.client()
    await loadThread('thread_1', page.set, { signal, setRuns: page.setRuns })
    const pending = run('thread_1', 'plain', page.set)
    await page.until(() => page.runs.length)
    thread.addWord(thread.beginAnswer('run_1').id, 'half')
    await page.shows('half')

    const stopped = await stop('thread_1', 'run_1', { queued: true })
    const ended = await pending

    assert.deepEqual([stopped.status, ended.status], ['cancelled', 'cancelled'])
    assert.deepEqual(relay.requests('POST', /cancel/)[0]?.body, { queued: true })
    assert.deepEqual([page.texts, page.list[0].status], [['half'], 'incomplete'])
  },
)

promise(
  'an abort ends the wait for a run, and the page goes on following',
  async ({ relay, page, signal }) => {
    const thread = relay.thread()
    const { loadThread, run } = relay.client()
    await loadThread('thread_1', page.set, { signal, setRuns: page.setRuns })
    const controller = new AbortController()
    const pending = run('thread_1', 'plain', page.set, { signal: controller.signal })
    await page.until(() => page.runs.length)

    controller.abort()
    const nothing = await pending
    thread.answer(['a'], 'run_1')

    await page.shows('a')
    assert.equal(nothing, undefined)
  },
)

promise(
  'a call on a thread that the page has left goes on without its set',
  async ({ relay, page, signal }) => {
    const first = relay.thread('thread_1')
    relay.thread('thread_2', [message('second')])
    const { loadThread, run } = relay.client()
    await loadThread('thread_1', page.set, { signal, setRuns: page.setRuns })
    const pending = run('thread_1', 'plain', page.set)
    await page.until(() => page.runs.length)

    await loadThread('thread_2', page.set, { signal })
    first.answer(['too late'], 'run_1')
    first.endRun('run_1')
    const ended = await pending

    assert.equal(ended.status, 'completed')
    assert.deepEqual(page.texts, ['second'])
  },
)

promise('two pages see the same', async ({ relay, page, signal }) => {
  const thread = relay.thread()
  const other = new Page()
  await relay.client().loadThread('thread_1', page.set, { signal })
  await relay.client().loadThread('thread_1', other.set, { signal })

  thread.answer(['a ', 'b'], 'run_1')
  const isDone = (/** @type {Page} */ one) => one.list[0]?.status === 'completed'
  await Promise.all([page, other].map((one) => one.until(() => isDone(one))))

  assert.deepEqual(page.list, other.list)
})

promise('a run that another page has seen to its end is repeated under its key', async (given) => {
  const { relay, page, signal } = given
  const thread = relay.thread()
  const first = relay.client()
  await first.loadThread('thread_1', page.set, { signal, setRuns: page.setRuns })
  const pending = first.run('thread_1', 'plain', null, { idempotencyKey: 'mine' })
  await page.until(() => page.runs.length)
  thread.endRun('run_1')
  await pending

  const again = await relay.client().run('thread_1', 'plain', null, { idempotencyKey: 'mine' })

  assert.deepEqual([again.id, again.status], ['run_1', 'completed'])
})

promise('a call on another thread leaves a set where it was loaded', async (given) => {
  const { relay, page, signal } = given
  const thread = relay.thread('thread_1', [message('hello')])
  relay.thread('thread_2', [message('elsewhere')])
  const { loadThread, addMessage } = relay.client()
  await loadThread('thread_1', page.set, { signal })

  const added = await addMessage('thread_2', 'there', page.set)
  thread.addMessage('here')
  await page.shows('here', 'hello')

  assert.equal(added.role, 'user')
  assert.ok(!page.lists.some((list) => list.some(({ id }) => id === 'msg_elsewhere')))
})

for (const second of [5, 7]) {
  promise(`a message of second ${second} that is added again is resolved with`, async (given) => {
    const { relay, page, signal } = given
    const former = { ...message('hello'), created_at: second }
    relay.thread('thread_1', [{ ...message('answer'), created_at: 7 }, former])
    relay.once('POST', /messages/, { body: former })
    const { loadThread, addMessage } = relay.client()
    await loadThread('thread_1', page.set, { signal, limit: 1 })

    const added = await addMessage('thread_1', 'hello', null, { idempotencyKey: 'mine' })

    assert.equal(added.id, 'msg_hello')
  })
}
