import assert from 'node:assert/strict'
import { messagesOf } from '../../web/index.js'
import { promise } from './client/page.mjs'

/** @typedef {import('./client/fake-thread.mjs').FakeThread} FakeThread */

/**
 * An answer as the Responses API streams it: its events name neither the thread nor the run.
 *
 * @param {FakeThread} thread
 * @param {string} runId
 * @param {string} [responseId]
 */
function respond(thread, runId, responseId = 'resp_1') {
  const at = { item_id: `msg_${responseId}`, output_index: 1, content_index: 0 }
  const message = { id: at.item_id, type: 'message', role: 'assistant', content: [] }
  const call = { id: `fc_${responseId}`, type: 'function_call', call_id: 'call_1', name: 'add' }
  const part = { type: 'output_text', text: '', annotations: [] }
  const place = { item_id: call.id, output_index: 0 }
  return {
    begin() {
      const { upstream_ids: former } = /** @type {any} */ (thread.runs.get(runId))
      thread.setRun(runId, { upstream_ids: [...former, responseId] })
      thread.send('response.created', { response: { id: responseId, status: 'in_progress' } })
      const added = { ...call, arguments: '', status: 'in_progress' }
      thread.send('response.output_item.added', { output_index: 0, item: added })
      thread.send('response.output_item.added', { output_index: 1, item: message })
      thread.send('response.content_part.added', { ...at, part })
    },
    /** @param {string} delta */
    say: (delta) => thread.send('response.output_text.delta', { ...at, delta }),
    /** @param {string} delta */
    ask: (delta) => thread.send('response.function_call_arguments.delta', { ...place, delta }),
    /** @param {string} text */
    end(text) {
      const done = { ...message, status: 'completed', content: [{ ...part, text }] }
      thread.send('response.output_item.done', { output_index: 1, item: done })
      const response = { id: responseId, status: 'completed', output: [done] }
      thread.send('response.completed', { response })
    },
  }
}

promise('an answer in Responses is a message of its run', async ({ relay, page, signal }) => {
  const thread = relay.thread()
  const { loadThread, addMessageAndRun } = relay.client()
  await loadThread('thread_1', page.set, { signal, interval: 0 })
  const options = { optimistic: true }
  const pending = addMessageAndRun('thread_1', 'hello', 'poet', page.set, options)
  await page.until(() => thread.runs.size)
  const [id = ''] = thread.runs.keys()

  const response = respond(thread, id)
  response.begin()
  response.say('Good ')
  await page.shows('Good ', 'hello')
  response.say('day')
  response.end('Good day')
  thread.endRun(id)
  const run = await pending

  await page.shows('Good day', 'hello')
  assert.equal(run.status, 'completed')
  assert.deepEqual(run.upstream_ids, ['resp_1'])
  const [said] = messagesOf(page.list, run)
  assert.deepEqual(
    [said?.id, said?.status, said?.assistant_id, said?.thread_id, said?.response_id],
    ['msg_resp_1', 'completed', 'poet', 'thread_1', 'resp_1'],
  )
  assert.equal(messagesOf(page.list, run).length, 1)
})

promise('what a response does is in the run list, as it grows', async ({ relay, page, signal }) => {
  const thread = relay.thread()
  const { loadThread, run } = relay.client({ tools: { add: () => 3 } })
  await loadThread('thread_1', page.set, { signal, setRuns: page.setRuns, interval: 0 })
  const pending = run('thread_1', 'poet', page.set)
  await page.until(() => thread.runs.size)
  const [id = ''] = thread.runs.keys()
  const given = () => page.runs[0]?.output.map((/** @type {any} */ { item }) => item.arguments)

  const first = respond(thread, id)
  first.begin()
  first.ask('[1, ')
  await page.until(() => given()?.[0] === '[1, ')
  first.ask('2]')
  first.end('I add.')
  thread.requireAction(id, { id: 'call_1', name: 'add', arguments: '[1, 2]' })
  const { body } = await relay.arrival('POST', /submit_tool_outputs/)
  const second = respond(thread, id, 'resp_2')
  second.begin()
  second.end('It is 3.')
  thread.endRun(id)
  await pending

  await page.shows('It is 3.', 'I add.')
  assert.deepEqual(body.tool_outputs, [{ tool_call_id: 'call_1', output: '3' }])
  assert.deepEqual(given(), ['[1, 2]', undefined, '', undefined])
  assert.deepEqual(page.runs[0].upstream_ids, ['resp_1', 'resp_2'])
})

promise('a page that comes in mid-answer goes on with it', async ({ relay, page, signal }) => {
  const thread = relay.thread()
  const { id } = thread.startRun({ assistant_id: 'poet' })
  const response = respond(thread, id)
  response.begin()
  const { loadThread } = relay.client()
  thread.messages = [
    {
      id: 'msg_resp_1',
      object: 'thread.message',
      role: 'assistant',
      run_id: id,
      response_id: 'resp_1',
      output_index: 1,
      status: 'in_progress',
      content: [{ index: 0, type: 'text', text: { value: 'Good ', annotations: [] } }],
    },
  ]
  await loadThread('thread_1', page.set, { signal, setRuns: page.setRuns, interval: 0 })

  response.say('day')
  await page.shows('Good day')
  thread.cut()
  response.say(' to you')
  await page.shows('Good day to you')
  response.end('Good day to you')
  thread.endRun(id)
  await page.until(() => page.runs[0].status === 'completed')

  assert.equal(page.list.length, 1)
  assert.equal(page.list[0].status, 'completed')
})
