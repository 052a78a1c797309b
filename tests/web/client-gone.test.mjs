import assert from 'node:assert/strict'
import { refusal } from './client/fake-relay.mjs'
import { message, promise } from './client/page.mjs'

/**
 * The relay starts anew, and knows the thread no more: its feed is a gap, all else a refusal.
 *
 * @param {import('./client/fake-relay.mjs').FakeRelay} relay
 * @returns {() => void} makes the thread known again
 */
function forgetThread(relay) {
  const thread = relay.thread()
  /** @type {import('./client/fake-relay.mjs').Rule} */
  const rule = ({ path }) => (path.endsWith('events') ? undefined : refusal(404, 'not_found'))
  relay.rules.push(rule)
  thread.log = 'b'
  thread.frames = []
  thread.cut()
  return () => relay.rules.splice(relay.rules.indexOf(rule), 1)
}

promise('what waits in a thread that is gone rejects', async ({ relay, page, signal }) => {
  relay.thread()
  const { loadThread, run, addMessage } = relay.client()
  const { onConnection, setRuns } = page
  await loadThread('thread_1', page.set, { signal, onConnection, setRuns })
  const ended = run('thread_1', 'plain', page.set)
  await page.until(() => page.runs[0]?.status === 'in_progress')
  const sent = relay.arrival('POST', /messages/)
  relay.once('POST', /messages/, { body: { id: 'msg_never_told' } })
  const added = addMessage('thread_1', 'hello', page.set)
  await sent

  forgetThread(relay)

  const gone = { name: 'RelayError', status: 404, code: 'not_found' }
  await Promise.all([assert.rejects(ended, gone), assert.rejects(added, gone)])
  assert.deepEqual(page.states.slice(-2), ['reloading', 'gone'])
  assert.equal(relay.thread().followers.size, 0)
})

promise('a thread that was gone is looked for anew by the next call', async (given) => {
  const { relay, page, signal } = given
  relay.thread('thread_1', [message('hello')])
  const { loadThread } = relay.client()
  const { onConnection } = page
  await loadThread('thread_1', page.set, { signal, onConnection })
  const remember = forgetThread(relay)
  await page.until(() => page.states.at(-1) === 'gone')

  await assert.rejects(loadThread('thread_1', page.set, { signal }), { status: 404 })
  remember()
  await loadThread('thread_1', page.set, { signal, onConnection })
  await page.until(() => page.states.at(-1) === 'open')
  relay.thread().addMessage('again')

  await page.shows('again', 'hello')
})

promise('one refusal does not make a thread gone', async ({ relay, page, signal }) => {
  const thread = relay.thread('thread_1', [message('hello')])
  const { loadThread } = relay.client()
  await loadThread('thread_1', page.set, { signal })
  relay.once('GET', /messages/, refusal(404, 'not_found'))

  thread.cut()
  thread.addMessage('lost')
  thread.trim()

  await page.shows('lost', 'hello')
})

promise('an answer without messages is tried again', async ({ relay, page, signal }) => {
  const thread = relay.thread('thread_1', [message('hello')])
  const { loadThread } = relay.client()
  await loadThread('thread_1', page.set, { signal })
  relay.once('GET', /messages/, { body: { status: 'signed out' } })

  thread.cut()
  thread.addMessage('lost')
  thread.trim()

  await page.shows('lost', 'hello')
})

promise('a run that asks something of a relay that is gone rejects', async (given) => {
  const { relay, page, signal } = given
  const thread = relay.thread()
  const { loadThread, run, submitToolOutputs } = relay.client()
  await loadThread('thread_1', page.set, { signal, setRuns: page.setRuns })
  const asking = run('thread_1', 'plain', page.set)
  await page.until(() => page.runs[0]?.status === 'in_progress')
  thread.setRun('run_1', { upstream_ids: ['upstream_1'] })
  thread.requireAction('run_1', { id: 'call_1', name: 'unknown' })
  await asking
  relay.once('POST', /submit_tool_outputs/, { body: {} })
  const outputs = [{ tool_call_id: 'call_1', output: 'by hand' }]
  const pending = submitToolOutputs('thread_1', 'run_1', outputs)
  await relay.arrival('POST', /submit_tool_outputs/)
  const upstream = { id: 'upstream_1', object: 'thread.run', status: 'requires_action' }
  relay.rules.push(({ path }) => (path.endsWith('upstream_1') ? { body: upstream } : undefined))

  thread.runs.clear()
  thread.addMessage('lost')
  thread.trim()
  thread.cut()

  await assert.rejects(pending, { name: 'RelayError', status: 404, code: 'not_found' })
  await page.until(() => page.runs.length === 0)
})
