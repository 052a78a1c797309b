/** Stays with the newest words, unless the reader has gone up to read. */

import { find } from './dom.js'

const NEAR_PX = 64

export function follower() {
  const scroller = find('scroller', HTMLElement)
  const log = find('log', HTMLElement)
  const button = find('latest', HTMLButtonElement)
  let isFollowing = true
  let lastTop = 0

  const distance = () => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight

  // A page that welcomes is read from its top.
  function toBottom() {
    scroller.scrollTop = log.childElementCount ? scroller.scrollHeight : 0
    lastTop = scroller.scrollTop
  }

  // Only a move upwards is the reader's wish to stay: new words alone also put a distance between
  // the reader and the bottom.
  scroller.addEventListener('scroll', () => {
    if (distance() < NEAR_PX) isFollowing = true
    else if (scroller.scrollTop < lastTop) isFollowing = false
    lastTop = scroller.scrollTop
    button.hidden = isFollowing
  })
  button.onclick = () => again()

  /** Follow from now on, wherever the reader was. */
  function again() {
    isFollowing = true
    button.hidden = true
    toBottom()
  }

  // Images that arrive, a composer that grows and a phone's keyboard change the heights too.
  const sizes = new ResizeObserver(() => isFollowing && toBottom())
  sizes.observe(scroller)
  sizes.observe(log)

  return {
    again,
    /**
     * Draws, and leaves the reader where they were: at the bottom, or at the words they read.
     *
     * @param {() => void} draw
     * @param {boolean} isEarlier whether what comes stands above
     */
    around(draw, isEarlier = false) {
      const before = distance()
      draw()
      if (isEarlier) scroller.scrollTop += distance() - before
      else if (isFollowing) toBottom()
    },
  }
}
