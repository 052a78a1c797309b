/** The run that the events of a stream belong to, as it travels with them. */

import { asRun, responseIdOf, responseIn, statusOf } from './response.js'
import { hasEnded, isRelays, withFields } from './run.js'
import { hasId } from './shape.js'

/** @import { Event, Run } from './types.js' */

const RESPONSE = 'response.'

/**
 * The current run after an event: a `relay.run` in progress begins it, its end ends it.
 *
 * @param {Run | null | undefined} run
 * @param {Event} event
 * @returns {Run | null}
 */
export function currentRun(run, event) {
  const current = run ?? null
  const { event: name, data: told } = event
  if (name === 'relay.run') return afterRelay(current, told)
  if (typeof name === 'string' && name.startsWith(RESPONSE)) {
    return afterResponse(current, name.slice(RESPONSE.length), responseIn(told))
  }
  return current
}

/**
 * @param {Run | null} run
 * @param {any} told
 * @returns {Run | null}
 */
function afterRelay(run, told) {
  if (!hasId(told)) return run
  if (run && hasId(run) && run.id === told.id) return hasEnded(told) ? null : { ...run, ...told }
  return told.status === 'in_progress' ? told : run
}

/**
 * A response that is created is what the relay's run is at, or else it is itself the run; any
 * other event counts only while no response is known.
 *
 * @param {Run | null} run
 * @param {string} word
 * @param {any} response
 * @returns {Run | null}
 */
function afterResponse(run, word, response) {
  if (!hasId(response)) return run
  const isNew = word === 'created'
  if (run && isRelays(run)) {
    const isCounted = isNew || responseIdOf(run) === null
    return isCounted ? withFields(run, { response_id: response.id }) : run
  }
  const status = statusOf(response, word)
  // A stream that was resumed may lack the beginning of its response.
  const isNext = !hasId(run) || (run && hasEnded(run) && run.id !== response.id)
  if (!run || isNew || isNext) return asRun(response, status)
  return withFields(run, { status })
}
