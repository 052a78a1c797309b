/** The parts of an item's content, as a message has them. */

import { isObject } from './shape.js'

const TEXTS = ['output_text', 'input_text', 'text', 'summary_text']
const IMAGES = ['input_image', 'computer_screenshot']
/** @type {Readonly<Record<string, string>>} */
const MEDIA = {
  png: 'image/png',
  webp: 'image/webp',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  svg: 'image/svg+xml',
}

/**
 * The parts of a content, which may be just a text; a file is no part but attached.
 *
 * @param {any} content
 * @returns {any[]}
 */
export function partsOf(content) {
  if (typeof content === 'string') return [textPart(content)]
  const parts = Array.isArray(content) ? content : []
  return parts.filter((part) => isObject(part) && !isFile(part)).map(partOf)
}

/**
 * The files that come with a message.
 *
 * @param {any} content
 */
export function attachmentsIn(content) {
  const parts = Array.isArray(content) ? content : []
  const files = parts.filter((part) => isObject(part) && isFile(part))
  return files.map((part) => ({ file_id: part.file_id, tools: [] }))
}

/**
 * One part.  What has no word in a message is as it was sent.
 *
 * @param {any} part
 * @returns {any}
 */
export function partOf(part) {
  const { type: kind, text, annotations, refusal } = part
  if (TEXTS.includes(kind) && !isObject(text)) {
    return textPart(
      typeof text === 'string' ? text : '',
      Array.isArray(annotations) ? annotations : [],
    )
  }
  if (kind === 'refusal') {
    return { type: 'refusal', refusal: typeof refusal === 'string' ? refusal : '' }
  }
  const image = IMAGES.includes(kind) ? imagePart(part) : null
  const { logprobs, ...rest } = part
  return image ?? rest
}

/**
 * A part that is text.
 *
 * @param {string} value
 * @param {readonly any[]} [annotations]
 */
export function textPart(value, annotations = []) {
  return { type: 'text', text: { value, annotations: [...annotations] } }
}

/**
 * A part that is an image, all of it in its URL.
 *
 * @param {string} result
 * @param {any} outputFormat
 */
export function generatedImagePart(result, outputFormat) {
  const isKnown = typeof outputFormat === 'string' && Object.hasOwn(MEDIA, outputFormat)
  const media = isKnown ? MEDIA[outputFormat] : 'image/png'
  return { type: 'image_url', image_url: { url: `data:${media};base64,${result}` } }
}

/** @param {any} part */
function imagePart(part) {
  const detail = typeof part.detail === 'string' ? { detail: part.detail } : {}
  if (typeof part.image_url === 'string') {
    return { type: 'image_url', image_url: { url: part.image_url, ...detail } }
  }
  if (typeof part.file_id === 'string') {
    return { type: 'image_file', image_file: { file_id: part.file_id, ...detail } }
  }
  return null
}

/** @param {any} part */
function isFile(part) {
  return part.type === 'input_file' && typeof part.file_id === 'string'
}
