import { hasEnded } from '../reducer/run.js'
import { RelayError } from './errors.js'
import { randomKey } from './keys.js'
import { toolCalls } from './tools.js'
import { unlessAborted } from './wait.js'

/**
 * @import { Run } from '../reducer/types.js'
 * @import { Http } from './http.js'
 * @import { SharedThread } from './thread.js'
 * @import { Toolbox } from './tools.js'
 * @import { AddAndRunOptions, Content, RunOptions, ToolOutput } from './types.js'
 */

/** Starts runs, and sees them to their end. */
export class Runner {
  /**
   * @param {Http} http
   * @param {Toolbox} toolbox
   */
  constructor(http, toolbox) {
    this.http = http
    this.toolbox = toolbox

    /**
     * Ids of the runs that this page started and that have not ended: only here are their tools
     * called.
     *
     * @type {Set<string>}
     */
    this.own = new Set()
  }

  /**
   * Sends the message with the first run and queues the others behind it at once, so that they
   * need this page no more.
   *
   * @param {SharedThread} thread
   * @param {Content} content
   * @param {readonly string[]} assistantIds
   * @param {AddAndRunOptions | undefined} options
   * @param {AbortSignal} signal
   * @returns {Promise<readonly Run[]>}
   */
  answers(thread, content, assistantIds, options, signal) {
    return thread.showing(options?.optimistic ? content : null, async (entry) => {
      const messages = [{ role: 'user', content }]
      /** @type {Promise<Run>[]} */
      const attended = []
      for (const [place, assistantId] of assistantIds.entries()) {
        const body = {
          assistant_id: assistantId,
          additional_messages: place ? undefined : messages,
        }
        const started = this.start(thread, body, place ? behind(options, place) : options, signal)
        // Those before one that is refused go on, and may need a function of this page.
        const id = await started.catch((error) => after(attended, error))
        entry.runId ??= id
        thread.changed()
        attended.push(this.attend(thread, id, new Set(), signal))
        attended.at(-1)?.catch(() => {})
      }
      const runs = await Promise.all(attended)
      // One that asked for something has gone on since, or those behind it would not have run.
      return runs.map((run) => thread.runs.find(run.id) ?? run)
    })
  }

  /**
   * @param {SharedThread} thread
   * @param {object} body what to start, beside the options
   * @param {RunOptions | undefined} options
   * @param {AbortSignal} signal
   * @returns {Promise<string>} the run's id, once the relay has accepted it
   */
  async start(thread, body, { ifBusy, metadata, idempotencyKey } = {}, signal) {
    const { generation, path, runs } = thread
    const whole = { ...body, if_busy: ifBusy, metadata }
    const key = idempotencyKey ?? randomKey()
    const { id } = await this.http.ask(`${path}/runs`, { body: whole, key, signal })
    this.own.add(id)
    // Its frames may have come before this answer.  If there was a gap they may be gone; and a
    // caller's own key may be that of a run which had ended before the thread was loaded.
    const isOld = idempotencyKey !== undefined && !runs.find(id)
    if (isOld || generation !== thread.generation) void runs.askFor(id)
    return id
  }

  /**
   * @param {SharedThread} thread
   * @param {string} id
   * @param {Set<string>} answered ids of tool calls
   * @param {AbortSignal} signal
   * @returns {Promise<Run>} ended, or with a call that this page has no function for
   */
  async attend(thread, id, answered, signal) {
    for (;;) {
      const run = await thread.runs.settled(id, answered, signal)
      this.toolbox.keep(run)
      if (hasEnded(run)) this.own.delete(run.id)
      if (hasEnded(run) || !this.own.has(run.id)) return run
      this.toolbox.begin(run)
      if (!this.toolbox.canAnswer(run)) return run
      await this.#answer(thread, run, answered, signal)
    }
  }

  /**
   * @param {SharedThread} thread
   * @param {string} id
   * @param {readonly ToolOutput[]} given
   * @param {string | undefined} key
   * @param {AbortSignal} signal
   * @returns {Promise<Set<string>>} the ids of the calls that are answered
   */
  async submit(thread, id, given, key, signal) {
    const run = thread.runs.find(id)
    const complete = run ? this.toolbox.complete(run, given) : Promise.resolve(given)
    const outputs = await unlessAborted(complete, signal)
    const path = `${thread.path}/runs/${encodeURIComponent(id)}/submit_tool_outputs`
    await this.http.ask(path, { body: { tool_outputs: outputs }, key: key ?? randomKey(), signal })
    if (run) this.toolbox.forget(run)
    return new Set(outputs.map((output) => output.tool_call_id))
  }

  /**
   * @param {SharedThread} thread
   * @param {Run} run that asks only for functions of this page
   * @param {Set<string>} answered
   * @param {AbortSignal} signal
   */
  async #answer(thread, run, answered, signal) {
    for (const { id } of toolCalls(run)) answered.add(id)
    // A function may take longer than the run waits for it, or for ever.
    const race = new AbortController()
    const either = AbortSignal.any([signal, race.signal])
    const isOver = thread.runs.settled(run.id, answered, either).then(() => true)
    const isReady = this.toolbox.complete(run, []).then(() => false)
    const tooLate = await Promise.race([isOver, isReady]).finally(() => race.abort())
    if (tooLate) return this.toolbox.forget(run)
    try {
      await this.submit(thread, run.id, [], undefined, signal)
    } catch (error) {
      // Somebody else was faster, or the run has ended: what follows tells which.
      if (!(error instanceof RelayError) || error.status !== 409) throw error
    }
  }
}

/**
 * @param {readonly Promise<unknown>[]} others
 * @param {unknown} error
 * @returns {Promise<never>} that rejects with the error, once the others have settled
 */
async function after(others, error) {
  await Promise.allSettled(others)
  throw error
}

/**
 * @param {AddAndRunOptions | undefined} options of the first of several runs
 * @param {number} place of another one, from 1
 * @returns {RunOptions} with a key of its own, since it is another request
 */
function behind({ idempotencyKey, metadata } = {}, place) {
  return {
    ifBusy: 'enqueue',
    ...(metadata && { metadata }),
    ...(idempotencyKey && { idempotencyKey: `${idempotencyKey}-${place}` }),
  }
}
