// The rules of the reducer as cases, which both languages are held to; see tests/reducer/rules.py.
import { readdirSync, readFileSync } from 'node:fs'

const FOLDER = new URL('../reducer/rules/', import.meta.url)

/**
 * The cases that say something of `thread`, `runs` or `run`.
 *
 * @param {'thread' | 'runs' | 'run'} kind
 * @returns {any[]}
 */
export function cases(kind) {
  const found = readdirSync(FOLDER)
    .flatMap((file) => JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')))
    .filter((rule) => kind in rule)
  if (!found.length) throw new Error(`there are no cases of ${kind}`)
  return found
}
