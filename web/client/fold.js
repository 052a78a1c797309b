import { currentRun, reduce, reduceRuns } from '../reducer/index.js'

/**
 * @import { Event, Message, Run } from '../reducer/types.js'
 * @import { Snapshot } from './loader.js'
 */

/** @typedef {{reduce: typeof reduce, reduceRuns: typeof reduceRuns}} Reducers */

/**
 * What is known of a thread, and the cursor that goes with it.  Both change in one step, so that
 * whoever comes back with the cursor misses nothing and gets nothing twice.
 */
export class Fold {
  /** @param {Reducers} reducers */
  constructor({ reduce, reduceRuns }) {
    this.reduce = reduce
    this.reduceRuns = reduceRuns

    /**
     * The messages, newest first.
     *
     * @type {readonly Message[]}
     */
    this.list = []

    /**
     * The runs, newest first: those that the snapshot had, and those that were seen since.
     *
     * @type {readonly Run[]}
     */
    this.runs = []

    /**
     * The run that is in progress, which its events do not name.
     *
     * @type {Run | null}
     */
    this.run = null

    /** What `list`, `runs` and `run` include; opaque. */
    this.cursor = ''
  }

  /** @param {Event} event */
  apply(event) {
    this.list = this.reduce(this.list, event)
    this.runs = this.reduceRuns(this.runs, event)
    this.run = currentRun(this.run, event)
    if (event.id) this.cursor = event.id
  }

  /**
   * Starts anew from a snapshot.  It has only the runs that have not ended: what is known of the
   * others stays, with their steps.
   *
   * @param {Snapshot} snapshot
   */
  reset({ messages, runs, cursor }) {
    const included = new Set(runs.map(({ id }) => id))
    const others = this.runs.filter(({ id }) => !included.has(id))
    const isQueued = (/** @type {Run} */ { status }) => status === 'queued'
    this.list = messages
    // The snapshot has the run in progress first, but the others are newer.
    const newestFirst = [...runs.filter(isQueued), ...runs.filter((run) => !isQueued(run))]
    this.runs = [...newestFirst, ...others]
    this.run = runs.find((run) => !isQueued(run)) ?? null
    this.cursor = cursor
  }

  /**
   * Adds messages that are older than the list.
   *
   * @param {readonly Message[]} messages
   */
  extend(messages) {
    const known = new Set(this.list.map(({ id }) => id))
    this.list = [...this.list, ...messages.filter(({ id }) => !known.has(id))]
  }

  /**
   * The relay was asked for a run whose frames are gone.
   *
   * @param {Run} run
   */
  learnRun(run) {
    this.runs = this.reduceRuns(this.runs, { event: 'relay.run', data: run })
  }

  /** @param {string} id of a run that nobody knows any more */
  forgetRun(id) {
    this.runs = this.runs.filter((run) => run.id !== id)
  }
}
