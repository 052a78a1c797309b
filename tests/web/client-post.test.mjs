import assert from 'node:assert/strict'
import { RelayError } from '../../web/index.js'
import { countingEventSource } from './client/browser.mjs'
import { stopClocks } from './client/clock.mjs'
import { refusal } from './client/fake-relay.mjs'
import { promise } from './client/page.mjs'

promise('every POST has a key of its own', async ({ relay }) => {
  const thread = relay.thread()
  const { addMessage, addMessageAndRuns, createThread, stop, submitToolOutputs } = relay.client()

  await createThread()
  await addMessage('thread_1', 'hello')
  const queued = relay.arrival('POST', /runs$/).then(() => relay.arrival('POST', /runs$/))
  const runs = addMessageAndRuns('thread_1', 'hello', ['a', 'b'])
  await queued
  for (const id of thread.runs.keys()) {
    await stop('thread_1', id)
    const submitted = submitToolOutputs('thread_1', id, [])
    await relay.arrival('POST', /submit_tool_outputs/)
    thread.endRun(id)
    await submitted
  }
  await runs

  const keys = relay.requests('POST', /./).map(({ key }) => key)
  assert.equal(keys.length, 8)
  assert.equal(new Set(keys).size, 8)
  assert.ok(keys.every((key) => key && /^[0-9a-f]{32}$/.test(key)))
})

promise(
  'a POST whose answer is lost is repeated under its key, and done once',
  async ({ relay }) => {
    const thread = relay.thread()
    relay.rules.push((seen, request) => {
      if (seen.method !== 'POST' || relay.requests('POST', /messages/).length > 1) return undefined
      relay.answers.set(seen.key ?? '', { body: thread.addMessage(seen.body.content) })
      request.socket.destroy()
      return undefined
    })

    const { id } = await relay.client().addMessage('thread_1', 'hello')

    assert.deepEqual(
      thread.messages.map((message) => message['id']),
      [id],
    )
    const keys = relay.requests('POST', /messages/).map(({ key }) => key)
    assert.equal(keys.length, 2)
    assert.equal(keys[0], keys[1])
  },
)

promise('a relay that is away is waited for', async ({ relay }) => {
  relay.once('POST', /threads/, refusal(503, 'draining'))
  relay.once('POST', /threads/, { status: 502, headers: { 'Content-Type': 'text/html' } })

  const { object } = await relay.client().createThread()

  assert.equal(object, 'thread')
  assert.equal(relay.requests('POST', /threads/).length, 3)
})

promise('a relay that stays away is, after a minute, a refusal', async ({ relay, context }) => {
  const { turnUntil } = stopClocks(context)
  relay.rules.push(() => refusal(503, 'draining'))

  const created = relay.client().createThread()

  await assert.rejects(turnUntil(created), { status: 503, code: 'draining' })
  assert.ok(relay.requests('POST', /threads/).length > 3)
})

promise('a relay that never answers is asked again', async ({ relay, context }) => {
  const { turnUntil } = stopClocks(context)
  const gate = relay.gate('POST', /threads/)
  const created = relay.client().createThread()
  await gate.arrived
  relay.rules.length = 0

  await turnUntil(relay.arrival('POST', /threads/))
  gate.open()

  assert.equal((await created).object, 'thread')
})

for (const [status, code] of /** @type {const} */ ([
  [400, 'invalid_request'],
  [404, 'not_found'],
  [409, 'thread_busy'],
  [422, 'idempotency_key_reused'],
  [429, 'queue_full'],
  [502, 'upstream_error'],
])) {
  promise(`a refusal with ${status} rejects at once, in the relay's words`, async ({ relay }) => {
    relay.thread()
    relay.once('POST', /runs/, refusal(status, code))

    const refused = relay.client().run('thread_1', 'plain')

    await assert.rejects(refused, (error) => {
      assert.ok(error instanceof RelayError)
      const { status: said, code: named, type, param, message } = error
      assert.deepEqual([said, named, param], [status, code, null])
      assert.equal(type, 'invalid_request_error')
      assert.equal(message, `words for ${code}`)
      return true
    })
    assert.equal(relay.requests('POST', /runs/).length, 1)
  })
}

promise('what cannot be sent rejects, and is not tried again and again', async ({ relay }) => {
  relay.thread()
  const { createThread, run } = relay.client()

  await assert.rejects(createThread({ idempotencyKey: 'ключ' }), TypeError)
  await assert.rejects(run('thread_1', 'plain', null, { metadata: { count: 1n } }), TypeError)

  assert.equal(relay.requests('POST', /./).length, 0)
})

promise('a refusal that is no JSON tells its status', async ({ relay }) => {
  relay.once('GET', /assistants/, { status: 403, body: '<h1>no</h1>' })

  const refused = relay.client().assistants()

  await assert.rejects(refused, { name: 'RelayError', status: 403, code: null })
})

promise('an abort ends the repeating, and the promise resolves', async ({ relay, context }) => {
  const { turn } = stopClocks(context)
  const controller = new AbortController()
  const { signal } = controller
  relay.once('POST', /threads/, refusal(503, 'draining'))

  const created = relay.client().createThread({ signal })
  await relay.arrival('POST', /threads/)
  controller.abort()
  turn(60_000)

  assert.equal(await created, undefined)
  assert.equal(relay.requests('POST', /threads/).length, 1)
})

promise('an abort does not unsend a message', async ({ relay, page, signal }) => {
  const thread = relay.thread()
  const { loadThread, addMessage, assistants } = relay.client()
  await loadThread('thread_1', page.set, { signal })
  const controller = new AbortController()
  const gate = relay.gate('POST', /messages/)

  const added = addMessage('thread_1', 'hello', page.set, { signal: controller.signal })
  await gate.arrived
  controller.abort()
  // By then the relay would have seen the connection close.
  await assistants()
  gate.open()

  assert.equal(await added, undefined)
  await page.shows('hello')
  assert.equal(thread.messages.length, 1)
})

promise('a signal that has aborted before asks for nothing', async ({ relay, page }) => {
  relay.thread()
  const { sources, EventSource } = countingEventSource()
  /** @type {string[]} */
  const sent = []
  /** @param {string} url @param {RequestInit} init */
  const send = (url, init) => {
    sent.push(url)
    return fetch(url, init)
  }
  const client = relay.client({ EventSource, fetch: send })
  const signal = AbortSignal.abort()

  await client.loadThread('thread_1', page.set, { signal })
  await client.addMessage('thread_1', 'hello', page.set, { signal })
  await client.createThread({ signal })
  await client.stop('thread_1', 'run_1', { signal })
  await client.assistants({ signal })

  assert.deepEqual(sent, [])
  assert.equal(sources.length, 0)
  assert.deepEqual(page.lists, [])
})

promise(
  'credentials go with requests and feeds to a relay elsewhere',
  async ({ relay, page, signal }) => {
    relay.thread()
    /** @type {unknown[]} */
    const sent = []
    const { EventSource } = countingEventSource()
    class NotingEventSource extends EventSource {
      /** @param {string} url @param {{withCredentials?: boolean}} [init] */
      constructor(url, init) {
        super(url)
        sent.push(init?.withCredentials)
      }
    }
    /** @param {string} url @param {RequestInit} init */
    const send = (url, init) => {
      sent.push(init.credentials)
      return fetch(url, init)
    }
    const { loadThread } = relay.client({
      credentials: 'include',
      fetch: send,
      EventSource: NotingEventSource,
    })

    await loadThread('thread_1', page.set, { signal })

    assert.deepEqual(sent, ['include', true])
  },
)

promise('a minute without any answer is none of a relay that is away', async (given) => {
  const { relay, context } = given
  const { turnUntil } = stopClocks(context)
  let attempts = 0
  relay.rules.push((_, _request, response) => {
    attempts += 1
    if (attempts === 1 || attempts === 25) return refusal(503, 'draining')
    if (attempts < 25) response.destroy()
    return undefined
  })

  const { object } = await turnUntil(relay.client().createThread())

  assert.equal(object, 'thread')
})
