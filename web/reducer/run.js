/** One run: its ids, how it ends, and its entry in the run list. */

import { replaceFields } from './delta.js'
import { hasId, isObject } from './shape.js'

/** @import { Run } from './types.js' */

const ENDS = ['completed', 'incomplete', 'failed', 'cancelled', 'expired']
const FACTS = ['thread_id', 'assistant_id', 'created_at']
const RESULTS = ['usage', 'last_error', 'incomplete_details']

/**
 * The id of a run, and all its upstream ids.
 *
 * @param {any} run
 * @returns {string[]}
 */
export function idsOf(run) {
  return hasId(run) ? [run.id, ...upstreamIdsOf(run)] : []
}

/**
 * The ids by which the upstream knows a run.
 *
 * @param {any} run
 * @returns {string[]}
 */
export function upstreamIdsOf(run) {
  const ids = isObject(run) ? run.upstream_ids : null
  return Array.isArray(ids) ? ids.filter((one) => typeof one === 'string') : []
}

/**
 * Whether its id is the relay's, and not the upstream's: then `relay.run` tells its status.
 *
 * @param {any} run
 * @returns {boolean}
 */
export function isRelays(run) {
  return hasId(run) && !upstreamIdsOf(run).includes(run.id)
}

/**
 * Whether its status is one that it keeps.
 *
 * @param {Run} run
 */
export function hasEnded(run) {
  return ENDS.includes(/** @type {any} */ (run.status))
}

/**
 * Why a message is incomplete whose run ended with this status: null if it is complete.
 *
 * @param {string} status
 * @param {any} run
 */
export function reasonFor(status, run) {
  if (status === 'completed') return null
  if (status !== 'incomplete') return `run_${status}`
  const details = isObject(run) ? run.incomplete_details : null
  const reason = isObject(details) ? details.reason : null
  // All others are limits; each dialect has its own words for what was used up.
  return reason === 'content_filter' ? 'content_filter' : 'max_tokens'
}

/**
 * An entry of the run list has these fields, and no others.
 *
 * @param {Run} run
 * @returns {Run}
 */
export function newEntry(run) {
  return {
    id: run.id,
    upstream_ids: upstreamIdsOf(run),
    thread_id: run.thread_id ?? null,
    assistant_id: run.assistant_id ?? null,
    status: run.status ?? null,
    created_at: run.created_at ?? null,
    steps: listOf(run, 'steps'),
    output: listOf(run, 'output'),
    required_action: run.required_action ?? null,
    usage: run.usage ?? null,
    last_error: run.last_error ?? null,
    incomplete_details: run.incomplete_details ?? null,
  }
}

/**
 * The entry with all that the relay's own frame says of the run.
 *
 * @param {Run} entry
 * @param {Run} run
 */
export function toldByRelay(entry, run) {
  const ids = upstreamIdsOf(run)
  const more = upstreamIdsOf(entry).filter((one) => !ids.includes(one))
  const names = [...FACTS, ...RESULTS].filter((name) => (run[name] ?? null) !== null)
  const told = Object.fromEntries(names.map((name) => [name, run[name]]))
  const { id, status = null, required_action = null } = run
  const upstream_ids = [...ids, ...more]
  return withFields(entry, { ...told, status, required_action, id, upstream_ids })
}

/**
 * The entry with what an upstream frame says of the run; on its status the relay wins.
 *
 * @param {Run} entry
 * @param {Run} run
 */
export function toldByUpstream(entry, run) {
  const results = RESULTS.filter((name) => (run[name] ?? null) !== null)
  const facts = FACTS.filter((name) => (entry[name] ?? null) === null)
  const told = Object.fromEntries([...results, ...facts].map((name) => [name, run[name] ?? null]))
  const { required_action = null } = run
  return withStatus(withFields(entry, { ...told, required_action }), run.status)
}

/**
 * The entry under one more of the upstream's ids.
 *
 * @param {Run} entry
 * @param {any} upstreamId
 * @returns {Run}
 */
export function withUpstreamId(entry, upstreamId) {
  const ids = upstreamIdsOf(entry)
  if (typeof upstreamId !== 'string' || ids.includes(upstreamId)) return entry
  return { ...entry, upstream_ids: [...ids, upstreamId] }
}

/**
 * The entry in the status that the upstream tells.
 *
 * @param {Run} entry
 * @param {any} status
 */
export function withStatus(entry, status) {
  if (isRelays(entry) || typeof status !== 'string') return entry
  return withFields(entry, { status })
}

/**
 * The entry with these values; the very same entry if it has them.
 *
 * @param {Run} entry
 * @param {object} values
 * @returns {Run}
 */
export function withFields(entry, values) {
  return replaceFields(entry, values)
}

/**
 * A field that is to be a list.
 *
 * @param {Run} run
 * @param {string} name
 * @returns {readonly any[]}
 */
export function listOf(run, name) {
  const entries = run[name]
  return Array.isArray(entries) ? entries : []
}

/**
 * What an error event says, as a run's `last_error`; some upstreams nest it, some do not.
 *
 * @param {any} data
 */
export function errorIn(data) {
  const nested = isObject(data) ? data.error : null
  const error = isObject(nested) ? nested : data
  if (!isObject(error)) {
    return { code: 'server_error', message: typeof error === 'string' ? error : '' }
  }
  const words = [error.code, error.type, 'server_error']
  const code = words.find((one) => typeof one === 'string' && one !== 'error')
  return { code, message: typeof error.message === 'string' ? error.message : '' }
}
