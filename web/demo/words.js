/** Statuses and reasons in words. */

/** @type {Readonly<Record<string, string>>} */
const REASONS = {
  max_tokens: 'Cut off: the answer reached its length limit.',
  max_output_tokens: 'Cut off: the answer reached its length limit.',
  max_completion_tokens: 'Cut off: the answer reached its length limit.',
  max_prompt_tokens: 'Cut off: the thread is longer than the assistant may read.',
  content_filter: 'Cut off by the content filter.',
  run_failed: 'Not finished: the run failed.',
  run_cancelled: 'Stopped before the end.',
  run_expired: 'Not finished: the run expired.',
}

/** @type {Readonly<Record<string, string>>} */
const ERRORS = {
  server_error: 'The upstream had an error.',
  rate_limit_exceeded: 'The upstream has had too many requests, or the quota is used up.',
  invalid_prompt: 'The upstream did not accept the prompt.',
  start_unknown: 'The connection broke as the run was being started; nobody knows whether it ran.',
  frame_too_large: 'The upstream sent more at once than this relay takes.',
}

/** @type {Readonly<Record<string, (run: any, hasSpoken: boolean) => string>>} */
const STATUS = {
  queued: () => 'Waits for its turn.',
  in_progress: () => 'Thinking',
  cancelling: () => 'Stopping',
  completed: ({ usage }) => used(usage),
  incomplete: ({ incomplete_details: details }) =>
    reason(details) || 'Ended before it was complete.',
  failed: ({ last_error: error }) => failure(error),
  cancelled: (_, hasSpoken) =>
    hasSpoken ? 'Stopped. What had been written stays.' : 'Stopped before it said anything.',
  expired: () => 'Expired: it ran, or waited for the output of a tool, for too long.',
}

/**
 * @param {any} run
 * @param {boolean} hasSpoken whether it has written a message
 * @returns {string}
 */
export function statusOf(run, hasSpoken) {
  const status = String(run.status)
  return Object.hasOwn(STATUS, status) ? (STATUS[status]?.(run, hasSpoken) ?? '') : ''
}

/**
 * Why a message ends early.
 *
 * @param {any} message
 */
export function cutShort({ status, incomplete_details: details }) {
  return status === 'incomplete' ? reason(details) || 'Ended before it was complete.' : ''
}

/** @param {any} details */
function reason(details) {
  const name = String(details?.reason ?? '')
  return Object.hasOwn(REASONS, name) ? (REASONS[name] ?? '') : name && `Ended early: ${name}.`
}

/** @param {any} error */
function failure(error) {
  const code = String(error?.code ?? '')
  const told = error?.message ? String(error.message) : ''
  const known = Object.hasOwn(ERRORS, code) ? (ERRORS[code] ?? '') : ''
  return ['The run failed.', known, told].filter(Boolean).join(' ')
}

/** @param {any} usage */
function used(usage) {
  const read = usage?.prompt_tokens ?? usage?.input_tokens
  const written = usage?.completion_tokens ?? usage?.output_tokens
  if (!Number.isFinite(read) || !Number.isFinite(written)) return ''
  return `${read.toLocaleString('en')} tokens read, ${written.toLocaleString('en')} written`
}

/**
 * Whether there is something to stop.
 *
 * @param {any} run
 */
export function isGoing({ status }) {
  return status === 'in_progress' || status === 'requires_action' || status === 'queued'
}

/**
 * Whether the relay says that there is no such thread.
 *
 * @param {any} error
 */
export function isUnknown(error) {
  return error?.status === 404
}

/** @type {Readonly<Record<string, string>>} */
const REFUSALS = {
  thread_busy: 'Somebody else is having this thread answered. Wait for the end, then send again.',
  queue_full: 'Too many runs wait in this thread already.',
  draining: 'The relay is about to stop. Try again in a moment.',
  upstream_lost: 'The relay cannot reach its upstream.',
}

/**
 * @param {any} error
 * @returns {string}
 */
export function refusal(error) {
  const code = String(error?.code ?? '')
  if (Object.hasOwn(REFUSALS, code)) return REFUSALS[code] ?? ''
  return `That did not work: ${error?.message ?? error}`
}

/** @type {Readonly<Record<string, string>>} */
const CONNECTIONS = {
  connecting: 'Connecting',
  open: 'Live',
  lost: 'Reconnecting',
  offline: 'Offline',
  reloading: 'Catching up',
  paused: 'Paused',
}

/** @type {Readonly<Record<string, string>>} */
const TROUBLES = {
  lost: 'The relay cannot be reached; this page keeps trying.',
  offline: 'There is no network; this page goes on when there is.',
  reloading: 'Some of what happened was missed; the thread is being loaded again.',
}

/** @param {string} state */
export function connectionIn(state) {
  return CONNECTIONS[state] ?? ''
}

/**
 * What goes on, in one line that changes with the runs and the connection, not with every word.
 *
 * @param {string} connection
 * @param {readonly any[]} runs newest first
 * @param {(assistantId: unknown) => string} nameOf
 */
export function activityOf(connection, runs, nameOf) {
  const trouble = TROUBLES[connection]
  if (trouble) return trouble
  const queued = runs.filter(({ status }) => status === 'queued').length
  const waiting = queued ? ` ${queued} more in the queue.` : ''
  const run = runs.find(({ status }) => Object.hasOwn(ACTIVITIES, status))
  return run ? `${nameOf(run.assistant_id)} ${ACTIVITIES[run.status]}.${waiting}` : waiting.trim()
}

/** @type {Readonly<Record<string, string>>} */
const ACTIVITIES = {
  in_progress: 'is answering',
  requires_action: 'waits for the output of a tool call',
  cancelling: 'is being stopped',
}
