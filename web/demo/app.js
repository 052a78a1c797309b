/** The demo page: what is opened, sent and stopped, and what is drawn of it. */

import * as relay from '../index.js'
import { chooser } from './assistants.js'
import { composer } from './composer.js'
import { converse } from './conversation.js'
import { find } from './dom.js'
import { Drawing } from './drawing.js'
import { tell, untell } from './notice.js'
import { addressOf, threadInAddress, threadList } from './threads.js'
import { isGoing, isUnknown, refusal } from './words.js'

class Page {
  constructor() {
    this.assistants = chooser(() => this.drawing.soon())
    this.threads = threadList((threadId) => this.go(threadId))
    this.composer = composer({ send: (text) => this.send(text), stop: () => this.stopNewest() })
    this.drawing = new Drawing(this)
    this.conversation = converse('', () => {})
  }

  async start() {
    addEventListener('popstate', () => {
      if (threadInAddress() !== this.conversation.now().threadId) this.open(threadInAddress())
    })
    find('older', HTMLButtonElement).onclick = () => this.loadOlder()
    this.open(threadInAddress())
    await this.attempt(async () => this.assistants.offer(await relay.assistants()))
  }

  /** @param {string} threadId */
  go(threadId) {
    history.pushState(null, '', addressOf(threadId))
    this.open(threadId)
    this.composer.focus()
  }

  /** @param {string} threadId */
  open(threadId) {
    this.conversation.leave()
    untell()
    this.conversation = converse(threadId, () => this.changed())
    this.drawing.begin()
    this.threads.show(threadId)
    if (threadId) this.attempt(() => this.conversation.load())
  }

  changed() {
    this.drawing.soon()
    if (this.conversation.now().isForgotten) this.tellForgotten()
  }

  /** @param {string} text */
  async send(text) {
    untell()
    this.assistants.close()
    this.drawing.follow.again()
    const { conversation } = this
    conversation.tellSending(true)
    const isSent = await this.attempt(async () => {
      if (!conversation.now().threadId) await this.begin()
      await conversation.send(text, this.assistants.chosen())
    })
    conversation.tellSending(false)
    if (!isSent && conversation === this.conversation) this.composer.giveBack(text)
  }

  /** The address names the thread from its first message on. */
  async begin() {
    await this.conversation.begin()
    const { threadId } = this.conversation.now()
    history.replaceState(null, '', addressOf(threadId))
    this.threads.show(threadId)
  }

  stopNewest() {
    const run = this.conversation.now().runs.findLast(isGoing)
    if (run) this.stop(run.id)
  }

  /** @param {string} runId */
  stop(runId) {
    return this.attempt(() => this.conversation.stop(runId))
  }

  /**
   * @param {string} runId
   * @param {{tool_call_id: string, output: string}[]} outputs
   */
  submit(runId, outputs) {
    return this.attempt(() => this.conversation.submit(runId, outputs))
  }

  loadOlder() {
    return this.attempt(() => this.conversation.loadOlder())
  }

  /**
   * Does what may be refused, and tells the refusal in words.
   *
   * @param {() => Promise<unknown>} act
   */
  async attempt(act) {
    const { conversation } = this
    try {
      await act()
      return true
    } catch (error) {
      if (conversation === this.conversation) this.tellRefusal(error)
      return false
    }
  }

  /** @param {unknown} error */
  tellRefusal(error) {
    const { threadId } = this.conversation.now()
    if (isUnknown(error) && threadId) this.tellForgotten()
    else tell(refusal(error))
  }

  tellForgotten() {
    this.threads.forget(this.conversation.now().threadId)
    tell(
      'This relay does not know the thread. One that keeps threads in memory forgets them ' +
        'when it restarts.',
      { label: 'Start a new thread', act: () => this.go('') },
    )
  }
}

new Page().start()
