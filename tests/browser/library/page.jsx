import { StrictMode, useEffect, useState } from 'react'
import { createRoot } from 'react-dom/client'
import { createRelay } from 'thread-relay'

const query = new URLSearchParams(location.search)
const relay = createRelay({ url: query.get('relay') })

/** The ways in which a component may load its thread. */
const EFFECTS = {
  plain(id, setThread) {
    useEffect(() => {
      relay.loadThread(id, setThread)
    }, [])
  },

  moving(id, setThread) {
    useEffect(() => {
      relay.loadThread(id, setThread)
    }, [id])
  },

  abort(id, setThread, setConnection) {
    useEffect(() => {
      const controller = new AbortController()
      const { signal } = controller
      relay.loadThread(id, setThread, { signal, onConnection: setConnection })
      return () => controller.abort()
    }, [id])
  },
}

function Thread({ id }) {
  const [thread, setThread] = useState([])
  const [connection, setConnection] = useState('')
  const useThread = EFFECTS[query.get('effect')]
  useThread(id, setThread, setConnection)
  window.list = thread
  window.call = (name, ...given) => relay[name](id, ...given, setThread)

  return (
    <>
      <p id="connection">{connection}</p>
      {thread.map(({ id, role, content }) => (
        <article key={id} data-role={role}>
          {content.map((part) => part.text?.value ?? '').join('')}
        </article>
      ))}
    </>
  )
}

function App() {
  const [id, setId] = useState(query.get('thread'))
  window.show = setId
  return id && <Thread id={id} />
}

createRoot(document.getElementById('root')).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
