import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'

import { timeline } from '../../web/demo/timeline.js'

const FIXTURES = new URL('../../fixtures/', import.meta.url)
const names = readdirSync(FIXTURES).filter((name) => name.endsWith('.lists.json'))

/** @param {unknown} id */
const nameOf = (id) => String(id)

/**
 * @param {any[]} thread
 * @param {any[]} runs
 */
function brief(thread, runs) {
  return timeline(thread, runs, nameOf)
    .filter(({ kind }) => kind !== 'run')
    .map((row) => {
      if (row.kind === 'speaker') return `${row.name}:`
      if (row.kind === 'call') return row.call.type
      return row.kind === 'message' ? row.message.id : row.kind
    })
}

/**
 * @param {string} id
 * @param {number} at
 */
const asked = (id, at) => ({ id, role: 'user', created_at: at, run_id: null, content: [] })

/**
 * @param {string} id
 * @param {string} runId
 */
const said = (id, runId) => ({ id, role: 'assistant', run_id: runId, created_at: 0, content: [] })

/**
 * @param {string} id
 * @param {string} status
 * @param {number} at
 * @param {object} [more]
 */
const run = (id, status, at, more) => ({
  id,
  upstream_ids: [`up_${id}`],
  assistant_id: id.toUpperCase(),
  status,
  created_at: at,
  ...more,
})

assert.ok(names.length)
for (const name of names) {
  test(`every message stands once, in the thread's order: ${name}`, () => {
    const { after, runs } = JSON.parse(readFileSync(new URL(name, FIXTURES), 'utf8'))

    const rows = timeline(after, runs, nameOf)

    const ids = rows.flatMap((row) => (row.kind === 'message' ? [row.message.id] : []))
    assert.deepEqual(ids, after.map((/** @type {any} */ { id }) => id).toReversed())
    assert.equal(new Set(rows.map(({ key }) => key)).size, rows.length)
  })

  test(`every tool call stands once, where it was made: ${name}`, () => {
    const { after, runs } = JSON.parse(readFileSync(new URL(name, FIXTURES), 'utf8'))

    const rows = timeline(after, runs, nameOf)

    const made = rows.flatMap((row) => {
      if (row.kind === 'call') return [row.call.id]
      return row.kind === 'message' && row.message.run_id ? [row.message.id] : []
    })
    const steps = runs.toReversed().flatMap((/** @type {any} */ { steps }) => steps)
    const listed = steps.flatMap((/** @type {any} */ { step_details: details }) =>
      details.type === 'message_creation'
        ? [details.message_creation.message_id]
        : details.tool_calls.map((/** @type {any} */ { id }) => id),
    )
    assert.deepEqual(made.filter((id) => listed.includes(id)), listed)
  })
}

test('a run that has said nothing yet stands at the end', () => {
  const thread = [asked('u1', 1)]

  assert.deepEqual(brief(thread, [run('a', 'in_progress', 1)]), ['u1', 'A:'])
})

test('a run that failed before it said anything stays where it was asked for', () => {
  const thread = [said('m', 'up_b'), asked('u2', 5), asked('u1', 1)]
  const runs = [run('b', 'completed', 5), run('a', 'failed', 1)]

  assert.deepEqual(brief(thread, runs), ['u1', 'A:', 'u2', 'B:', 'm'])
})

test('runs that wait stand behind the one that they wait for, in their order', () => {
  const thread = [asked('u1', 1)]
  const runs = [run('c', 'queued', 1), run('b', 'queued', 1), run('a', 'in_progress', 1)]

  assert.deepEqual(brief(thread, runs), ['u1', 'A:', 'B:', 'C:'])
})

test('a message that waits stands before its run, and behind the one in progress', () => {
  const thread = [asked('local_u2', 3), asked('u1', 1)]
  const runs = [run('c', 'queued', 3), run('b', 'queued', 1), run('a', 'in_progress', 1)]

  assert.deepEqual(brief(thread, runs), ['u1', 'A:', 'B:', 'local_u2', 'C:'])
})

test('a run that has waited stands behind the message that was added for it', () => {
  const thread = [asked('u2', 9), said('m', 'up_a'), asked('u1', 1)]
  const runs = [run('b', 'in_progress', 2), run('a', 'completed', 1)]

  assert.deepEqual(brief(thread, runs), ['u1', 'A:', 'm', 'u2', 'B:'])
})

test('a call that waits for an answer is asked for once, in the form', () => {
  const call = { id: 'call_1', type: 'function', function: { name: 'f', arguments: '{}' } }
  const waiting = run('a', 'requires_action', 1, {
    steps: [{ id: 's', status: 'in_progress', step_details: { tool_calls: [call] } }],
    required_action: { type: 'submit_tool_outputs', submit_tool_outputs: { tool_calls: [call] } },
  })

  assert.deepEqual(brief([asked('u1', 1)], [waiting]), ['u1', 'A:', 'action'])
})

test('answers of runs that are no longer known are told apart by their run', () => {
  const thread = [said('m3', 'x'), said('m2', 'x'), said('m1', 'w')]

  assert.deepEqual(brief(thread, []), ['undefined:', 'm1', 'undefined:', 'm2', 'm3'])
})

test('answers of several assistants say whose they are, though no run is known', () => {
  const by = (/** @type {string} */ assistant, /** @type {any} */ message) => ({
    ...message,
    assistant_id: assistant,
  })
  const thread = [
    by('poet', said('m4', 'y')),
    by('critic', { ...said('m3', ''), run_id: null }),
    by('poet', { ...said('m2', ''), run_id: null }),
    by('poet', said('m1', 'x')),
  ]

  assert.deepEqual(
    brief(thread, []),
    ['poet:', 'm1', 'poet:', 'm2', 'critic:', 'm3', 'poet:', 'm4'],
  )
})

test('lists of the wrong shape are drawn as far as they go', () => {
  const lists = { steps: [null, { step_details: 3 }], output: [{}], upstream_ids: null }
  const odd = run('a', 'in_progress', 1, lists)

  assert.doesNotThrow(() => brief([said('m', 'a')], [odd]))
})
