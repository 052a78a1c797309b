import assert from 'node:assert/strict'
import { refusal } from './client/fake-relay.mjs'
import { message, Page, promise } from './client/page.mjs'

/** @param {Page} page */
function ids(page) {
  return page.lists.map((list) => list.map(({ id }) => id.replace(/^local_.*/, 'local')).join(' '))
}

promise(
  'an optimistic message shows until the real one is there',
  async ({ relay, page, signal }) => {
    relay.thread('thread_1', [message('before')])
    const { loadThread, addMessage } = relay.client()
    await loadThread('thread_1', page.set, { signal, interval: 0 })
    const gate = relay.gate('POST', /messages/)

    const added = addMessage('thread_1', 'hello', page.set, { optimistic: true })
    await gate.arrived
    const [local] = page.list
    gate.open()
    await added

    assert.match(local.id, /^local_/)
    assert.deepEqual(local.content, [{ type: 'text', text: { value: 'hello', annotations: [] } }])
    assert.deepEqual([local.role, local.thread_id], ['user', 'thread_1'])
    assert.deepEqual(ids(page), ['msg_before', 'local msg_before', 'msg_1 msg_before'])
  },
)

promise(
  'an optimistic message never stands beside the real one, whichever news comes first',
  async ({ relay, page, signal }) => {
    const thread = relay.thread()
    const { loadThread, addMessage } = relay.client()
    await loadThread('thread_1', page.set, { signal, interval: 0 })
    relay.rules.push(async ({ method, body }) => {
      if (method !== 'POST') return undefined
      const real = thread.addMessage(body.content)
      await page.until(() => page.list.some(({ id }) => id === real.id))
      return { body: real }
    })

    await addMessage('thread_1', 'hello', page.set, { optimistic: true })

    assert.deepEqual(ids(page), ['', 'local', 'msg_1'])
  },
)

promise('an optimistic message that is refused goes', async ({ relay, page, signal }) => {
  relay.thread()
  const { loadThread, addMessage } = relay.client()
  await loadThread('thread_1', page.set, { signal, interval: 0 })
  relay.once('POST', /messages/, refusal(409, 'thread_busy'))

  const added = addMessage('thread_1', 'hello', page.set, { optimistic: true })

  await assert.rejects(added, { status: 409 })
  assert.deepEqual(ids(page), ['', 'local', ''])
})

promise(
  'the message of a queued run shows until its turn comes',
  async ({ relay, page, signal }) => {
    const thread = relay.thread()
    const { loadThread, addMessageAndRun } = relay.client()
    thread.startRun({ assistant_id: 'plain' })
    await loadThread('thread_1', page.set, { signal, interval: 0, setRuns: page.setRuns })
    relay.rules.push(({ method, body }) => {
      if (method !== 'POST') return undefined
      return { status: 202, body: thread.startRun({ ...body, additional_messages: [] }) }
    })

    const options = /** @type {const} */ ({ ifBusy: 'enqueue', optimistic: true })
    const pending = addMessageAndRun('thread_1', 'hello', 'plain', page.set, options)
    await page.until(() => page.runs.length === 2)
    thread.answer(['a'], 'run_1')
    await page.until(() => page.texts.join() === 'hello,a')
    thread.endRun('run_1')
    const real = thread.addMessage('hello')
    thread.setRun('run_2', { status: 'in_progress' })
    thread.endRun('run_2')
    await pending

    assert.deepEqual(
      page.list.map(({ id }) => id),
      [real.id, 'msg_3'],
    )
    assert.ok(ids(page).every((shown) => !(shown.includes('local') && shown.includes(real.id))))
  },
)

promise(
  'an optimistic message is the same for all, and no part of what events change',
  async ({ relay, page, signal }) => {
    const thread = relay.thread()
    const other = new Page()
    const { loadThread, addMessage } = relay.client()
    await loadThread('thread_1', page.set, { signal, interval: 0 })
    await loadThread('thread_1', other.set, { signal, interval: 0 })
    const gate = relay.gate('POST', /messages/)

    const added = addMessage('thread_1', 'hello', page.set, { optimistic: true })
    await gate.arrived
    thread.answer(['a'], 'run_1')
    await page.until(() => page.list.length === 2 && page.list[1].status === 'completed')

    assert.equal(page.list, other.list)
    assert.equal(page.texts.join(), 'hello,a')
    gate.open()
    await added
    assert.equal(page.texts.join(), 'hello,a')
  },
)

promise('of two with the same text the one that came is taken away', async (given) => {
  const { relay, page, signal } = given
  relay.thread()
  const { loadThread, addMessage } = relay.client()
  await loadThread('thread_1', page.set, { signal, interval: 0 })
  const options = { optimistic: true, signal }
  const answered = relay.arrival('POST', /messages/)
  relay.once('POST', /messages/, { body: { id: 'msg_slow' } })
  void addMessage('thread_1', 'yes', page.set, options)
  await answered
  await relay.client().assistants()
  const [first] = page.list

  await addMessage('thread_1', 'yes', page.set, options)

  assert.deepEqual(
    page.list.map(({ id }) => id),
    [first.id, 'msg_1'],
  )
})
