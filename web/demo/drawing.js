/** Draws a conversation: everything on the screen comes from its two lists. */

import { find } from './dom.js'
import { follower } from './follow.js'
import { openLog } from './log.js'
import { titleOf } from './threads.js'
import { timeline } from './timeline.js'
import { welcome } from './welcome.js'
import { activityOf, connectionIn, isGoing } from './words.js'

/** @import { Actions } from './log.js' */
/** @import { Conversation } from './conversation.js' */

/**
 * @typedef {Actions & {
 *   assistants: ReturnType<typeof import('./assistants.js').chooser>,
 *   threads: ReturnType<typeof import('./threads.js').threadList>,
 *   composer: ReturnType<typeof import('./composer.js').composer>,
 *   conversation: {now: () => Conversation},
 * }} Drawn
 */

export class Drawing {
  /** @param {Drawn} page */
  constructor(page) {
    this.page = page
    this.follow = follower()
    this.showWelcome = welcome({ choose: (id) => this.choose(id), more: page.assistants.open })

    /** Whether a drawing is due: several changes at once are drawn once. */
    this.isDue = false

    /** How many messages were there; earlier ones come in above what is read. */
    this.oldest = ''
  }

  /** Another conversation: nothing of the last one stays. */
  begin() {
    const { page } = this
    this.showRows = openLog(() => page.conversation.now().threadId, {
      stop: (runId) => page.stop(runId),
      submit: (runId, outputs) => page.submit(runId, outputs),
    })
    this.oldest = ''
    this.follow.again()
    this.soon()
  }

  /** @param {string} assistantId */
  choose(assistantId) {
    this.page.assistants.choose([assistantId])
    this.page.composer.focus()
  }

  soon() {
    if (this.isDue) return
    this.isDue = true
    queueMicrotask(() => {
      this.isDue = false
      this.draw()
    })
  }

  draw() {
    const now = this.page.conversation.now()
    const oldest = now.thread.at(-1)?.id ?? ''
    const isEarlier = this.oldest !== '' && oldest !== this.oldest
    this.oldest = oldest
    this.follow.around(() => this.drawThread(now), isEarlier)
    this.drawFrame(now)
  }

  /** @param {Conversation} now */
  drawThread({ thread, runs, isLoaded, mayHaveOlder }) {
    const { assistants } = this.page
    const isEmpty = isLoaded && !thread.length && !runs.length
    find('welcome', HTMLElement).hidden = !isEmpty
    this.showWelcome(assistants.all(), assistants.chosen())
    find('older', HTMLButtonElement).hidden = !mayHaveOlder
    this.showRows?.(timeline(thread, runs, assistants.nameOf))
  }

  /** @param {Conversation} now */
  drawFrame({ threadId, thread, runs, connection, isForgotten, isSending }) {
    const { assistants, threads, composer } = this.page
    const title = titleOf(thread)
    if (threadId && !isForgotten) threads.remember({ id: threadId, title })
    composer.setBusy(runs.some(isGoing))
    write('title', title || (threadId ? 'Thread' : 'New thread'))
    const activity = activityOf(connection, runs, assistants.nameOf)
    write('activity', activity || (isSending ? 'Sending.' : ''))
    write('connection', connectionIn(connection))
    find('connection', HTMLElement).dataset['state'] = connection || 'none'
    document.title = title ? `${title} · thread-relay` : 'thread-relay'
  }
}

/**
 * A text that is read aloud when it changes is only touched when it does.
 *
 * @param {string} id
 * @param {string} words
 */
function write(id, words) {
  const place = find(id, HTMLElement)
  if (place.textContent !== words) place.textContent = words
}
