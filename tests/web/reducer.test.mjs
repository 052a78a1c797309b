// Each rule of the reducer, one case at a time; what is given is frozen, so that a change throws.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import test from 'node:test'

import * as reducer from '../../web/reducer/index.js'
import { responseIdOf } from '../../web/reducer/response.js'
import { freeze } from './freeze.mjs'
import { cases } from './rules.mjs'

const { currentRun, messagesOf, reduce, reduceRuns, reducerFor, replay, threadFromItems } = reducer

/**
 * @param {(state: any, event: any) => any} reduce
 * @param {any} before
 * @param {any[]} events
 * @param {any[]} expected
 */
function follow(reduce, before, events, expected) {
  let state = freeze(before)
  assert.equal(events.length, expected.length)
  for (const [place, event] of events.entries()) {
    const after = freeze(reduce(state, freeze(event)))
    if (expected[place] === null) assert.equal(after, state)
    else assert.deepEqual(after, expected[place])
    assertShared(state, after)
    state = after
  }
}

/**
 * Each entry that was there before, as it is, is the very object that was there.
 *
 * @param {any[]} before
 * @param {any[]} after
 */
function assertShared(before, after) {
  const known = new Map(before.map((entry) => [JSON.stringify(entry), entry]))
  for (const entry of after) {
    const there = known.get(JSON.stringify(entry))
    assert.ok(there === undefined || there === null || before.includes(entry))
  }
}

for (const { name, before, events, thread } of cases('thread')) {
  test(`the thread: ${name}`, () => follow(reduce, before, events, thread))

  test(`a replay ends where its events lead one by one: ${name}`, () => {
    assert.deepEqual(replay(freeze(events), freeze(before)), events.reduce(reduce, before))
  })
}

for (const { name, events, runs } of cases('runs')) {
  test(`the runs: ${name}`, () => follow(reduceRuns, [], events, runs))
}

for (const { name, events, run } of cases('run')) {
  test(`the current run: ${name}`, () => {
    let current = null
    for (const [place, event] of events.entries()) {
      current = currentRun(current, freeze(event))

      assert.equal(current?.id ?? null, run[place])
    }
  })
}

for (const { name, events, response } of cases('response')) {
  test(`the response that the current run is at: ${name}`, () => {
    let current = null
    for (const [place, event] of events.entries()) {
      current = currentRun(current, freeze(event))

      assert.equal(responseIdOf(current), response[place])
    }
  })
}

for (const { name, items, by, list } of cases('list')) {
  test(`the items of a conversation: ${name}`, () => {
    assert.deepEqual(threadFromItems(freeze(items), freeze(by)), list)
  })
}

test('a run keeps what its later frames do not say', () => {
  const run = freeze({ id: 'run_1', status: 'in_progress', response_id: 'resp_1' })
  const data = { id: 'run_1', status: 'requires_action' }

  assert.deepEqual(currentRun(run, { event: 'relay.run', data }), { ...run, ...data })
})

for (const dialect of /** @type {const} */ (['ASSISTANTS', 'RESPONSES', 'RELAY'])) {
  test(`the tables of ${dialect} handle the listed events`, () => {
    const url = new URL(`../../fixtures/dialects/${dialect.toLowerCase()}.json`, import.meta.url)

    const tables = { thread: reducer[dialect], runs: reducer[`${dialect}_RUNS`] }

    const names = Object.entries(tables).map(([kind, table]) => [kind, Object.keys(table)])
    assert.deepEqual(Object.fromEntries(names), JSON.parse(readFileSync(url, 'utf8')))
  })
}

test('a dialect is a table', () => {
  const own = reducerFor({
    /** @type {(thread: any[], data: any, run: any) => any[]} */
    said: (thread, data, run) => [{ id: data, run }, ...thread],
  })
  const events = [
    { event: 'said', data: 'hello', run: { id: 'run_1' } },
    { event: 'said', data: 'bye' },
    { event: 'sung', data: 'la' },
  ]

  const thread = replay(events, [], own)

  assert.deepEqual(thread, [
    { id: 'bye', run: undefined },
    { id: 'hello', run: { id: 'run_1' } },
  ])
})

test('a thread begins empty', () => {
  assert.deepEqual(replay([]), [])
})

test('the messages of a run have its id or any of its upstream ids', () => {
  const thread = freeze([
    { id: 'm4', run_id: 'run_1' },
    { id: 'm3', run_id: 'up_2' },
    { id: 'm2', run_id: 'up_9' },
    { id: 'm1', run_id: null },
  ])

  const messages = messagesOf(thread, { id: 'run_1', upstream_ids: ['up_1', 'up_2'] })

  assert.deepEqual(messages, thread.slice(0, 2))
  assert.deepEqual(messagesOf(thread, null), [])
})
