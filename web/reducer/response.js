/** A response: one answer of the upstream, and what it says of the run that it belongs to. */

import { errorIn, upstreamIdsOf } from './run.js'
import { hasId, isObject } from './shape.js'

/** @import { Run } from './types.js' */

const ENDS = ['completed', 'incomplete', 'failed', 'cancelled']

/**
 * The response that an event carries; an empty one where it carries none.
 *
 * @param {any} data
 * @returns {any}
 */
export function responseIn(data) {
  const response = isObject(data) ? data.response : null
  return isObject(response) ? response : {}
}

/**
 * Its status.  An event that ends it, `response.completed` for one, does so in any case.
 *
 * @param {any} response
 * @param {string} word
 * @returns {string}
 */
export function statusOf(response, word) {
  const { status } = response
  if (ENDS.includes(word)) return ENDS.includes(status) ? status : word
  return typeof status === 'string' ? status : 'in_progress'
}

/**
 * The run that a response is where nobody else tells of one.
 *
 * @param {any} response
 * @param {string} status
 * @returns {Run}
 */
export function asRun(response, status) {
  const { conversation, error } = response
  return {
    id: response.id,
    upstream_ids: [response.id],
    response_id: response.id,
    thread_id: hasId(conversation) ? conversation.id : null,
    assistant_id: null,
    status,
    created_at: response.created_at ?? null,
    usage: response.usage ?? null,
    last_error: isObject(error) ? errorIn(error) : null,
    incomplete_details: response.incomplete_details ?? null,
  }
}

/**
 * The response that a run is at: the one it was told last, or else its latest upstream id.
 *
 * @param {any} run
 * @returns {string | null}
 */
export function responseIdOf(run) {
  const told = isObject(run) ? run.response_id : null
  if (typeof told === 'string') return told
  return upstreamIdsOf(run).at(-1) ?? null
}
