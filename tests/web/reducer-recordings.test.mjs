// Whole streams, as recorded, beside the lists that their maker says they lead to.
import assert from 'node:assert/strict'
import test from 'node:test'

import * as reducer from '../../web/reducer/index.js'
import { freeze } from './freeze.mjs'
import { decoded, recordings } from './recordings.mjs'

const { EventReader, readEvents, reduce, reduceRuns, replay, threadFromItems } = reducer

/** @import { Recording } from './recordings.mjs' */

/** @param {Recording} recording */
function eventsOf({ content }) {
  const reader = new EventReader()
  const events = []
  for (let start = 0; start < content.length; start += 1000) {
    events.push(...reader.feed(content.subarray(start, start + 1000)))
  }
  return freeze([...events, ...reader.end()])
}

for (const recording of recordings()) {
  const { name, each } = recording
  const [before, after, runs] = freeze([recording.before, recording.after, recording.runs])

  test(`after each event the thread is the recorded one: ${name}`, () => {
    const events = eventsOf(recording)
    let thread = before
    let expected = before
    assert.equal(events.length, each.length)
    for (const [place, event] of events.entries()) {
      const next = /** @type {any} */ (freeze(reduce(thread, event)))
      expected = decoded(expected, each[place])

      assert.equal(next === thread, each[place] === null)
      assert.deepEqual(next, expected)
      thread = next
    }
  })

  test(`a replay ends in the recorded thread: ${name}`, () => {
    assert.deepEqual(replay(eventsOf(recording), before), after)
  })

  test(`a replay over what it ended in ends in it again: ${name}`, () => {
    assert.deepEqual(replay(eventsOf(recording), after), after)
  })

  test(`a replay ends in the recorded runs: ${name}`, () => {
    assert.deepEqual(eventsOf(recording).reduce(reduceRuns, freeze([])), runs)
  })

  test(`chunks that are waited for give the same events: ${name}`, async () => {
    const text = recording.content.toString()
    const events = []
    for await (const event of readEvents([text.slice(0, 777), text.slice(777)])) events.push(event)

    assert.deepEqual(events, eventsOf(recording))
  })
}

/**
 * The fields that a conversation and its runs tell.
 *
 * @param {any} message
 */
function told({ created_at, status, ...message }) {
  return message.role === 'user' ? message : { created_at, status, ...message }
}

for (const { name, items, after, runs } of recordings().filter((one) => one.items)) {
  test(`the items of a conversation are the thread that was watched: ${name}`, () => {
    const held = items.map(({ id }) => id)
    // A text that was broken off is in no conversation, and one item has another id there.
    const watched = after.filter(({ id }) => held.includes(id)).map(told)
    const ids = watched.map((/** @type {any} */ { id }) => id)

    const thread = threadFromItems(freeze(items), freeze(runs))

    assert.ok(watched.length)
    assert.deepEqual(thread.filter(({ id }) => ids.includes(id)).map(told), watched)
    assert.ok(thread.length <= after.length)
  })
}
