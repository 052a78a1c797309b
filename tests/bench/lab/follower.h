/* One follower's connection: what it has been sent, cut into frames, and the marks in them. */
#ifndef FOLLOWER_H
#define FOLLOWER_H
#include "frames.h"
#include "histogram.h"
#include <stdlib.h>

/* A frame that has begun is put before what is read next, in this much room. */
#define ROOM (1 << 20)
#define READ_BYTES (1 << 18)

enum { CONNECTING, HEAD, BODY, GONE };
enum { CHUNK_SIZE, CHUNK_DATA, CHUNK_END, LAST_CHUNK };

struct follower {
  int fd, state, is_stalled, is_complete, is_chunked;
  int chunk_state, size_length;
  long chunk_left, marks, last_number;
  char size_line[24];
  char *kept; /* the start of a frame whose end has not come yet */
  size_t kept_length, kept_room;
};

/* All followers together. */
struct totals {
  long events, ids, gaps, doubles, complete, closed_early;
  uint64_t first_ns, last_ns;
};

static long expected_events, first_number = -1;
static struct totals totals;
static struct histogram latencies;
static int is_recording = 1;

static inline long digits(const char *at, int count) {
  long value = 0;
  for (int i = 0; i < count; i++) value = value * 10 + (at[i] - '0');
  return value;
}

static inline void take_mark(struct follower *follower, const char *mark, uint64_t now) {
  uint64_t made = (uint64_t)digits(mark + 3, 19);
  long number = digits(mark + 23, 7);
  long wanted = follower->last_number >= 0 ? follower->last_number + 1 : first_number;
  if (is_recording) record(&latencies, now > made ? now - made : 0);
  if (wanted >= 0 && number > wanted) totals.gaps += number - wanted;
  if (wanted >= 0 && number < wanted) totals.doubles++;
  follower->last_number = number;
  follower->marks++;
  totals.events++;
  if (!totals.first_ns) totals.first_ns = now;
  totals.last_ns = now;
}

static inline void take_frame(struct follower *follower, char *frame, size_t length, uint64_t now) {
  if (!memcmp(frame, "id", 2)) totals.ids++;
  char *end = frame + length, *at = frame;
  while ((at = memchr(at, '@', (size_t)(end - at))) && end - at >= MARK_LENGTH) {
    int is_mark = !memcmp(at, MARK_START, strlen(MARK_START));
    if (is_mark) take_mark(follower, at, now);
    at += is_mark ? MARK_LENGTH : 1;
  }
  if (!follower->is_complete && expected_events && follower->marks >= expected_events) {
    follower->is_complete = 1;
    totals.complete++;
  }
}

static inline void keep(struct follower *follower, const char *bytes, size_t length) {
  if (length > ROOM) {
    fprintf(stderr, "a frame is longer than %d bytes\n", ROOM);
    exit(1);
  }
  if (length > follower->kept_room) {
    follower->kept_room = length + 1024;
    follower->kept = realloc(follower->kept, follower->kept_room);
  }
  if (length) memcpy(follower->kept, bytes, length);
  follower->kept_length = length;
}

/* Puts what was kept before `bytes`, which has ROOM before it. */
static inline char *with_kept(struct follower *follower, char *bytes, size_t *length) {
  bytes -= follower->kept_length;
  *length += follower->kept_length;
  if (follower->kept_length) memcpy(bytes, follower->kept, follower->kept_length);
  follower->kept_length = 0;
  return bytes;
}

static inline void cut_frames(struct follower *follower, char *bytes, size_t length, uint64_t now) {
  char *frame = bytes, *at = bytes, *end = bytes + length, *line_end;
  while (at < end && (line_end = memchr(at, '\n', (size_t)(end - at)))) {
    at = line_end + 1;
    if (at < end && *at == '\r') at++;
    if (at >= end || *at != '\n') continue;
    take_frame(follower, frame, (size_t)(at + 1 - frame), now);
    frame = ++at;
  }
  keep(follower, frame, (size_t)(end - frame));
}

/* Takes the chunk heads out of `bytes`; returns how many are left of it. */
static inline size_t dechunk(struct follower *follower, char *bytes, size_t length) {
  char *out = bytes, *at = bytes, *end = bytes + length;
  while (at < end && follower->chunk_state != LAST_CHUNK) {
    if (follower->chunk_state == CHUNK_SIZE) {
      char byte = *at++;
      if (byte != '\n') {
        if (follower->size_length < 20) follower->size_line[follower->size_length++] = byte;
        continue;
      }
      follower->size_line[follower->size_length] = 0;
      follower->size_length = 0;
      follower->chunk_left = strtol(follower->size_line, 0, 16);
      follower->chunk_state = follower->chunk_left ? CHUNK_DATA : LAST_CHUNK;
    } else if (follower->chunk_state == CHUNK_DATA) {
      long here = end - at < follower->chunk_left ? end - at : follower->chunk_left;
      if (out != at) memmove(out, at, (size_t)here);
      out += here, at += here;
      follower->chunk_left -= here;
      if (!follower->chunk_left) follower->chunk_state = CHUNK_END;
    } else if (*at++ == '\n') {
      follower->chunk_state = CHUNK_SIZE;
    }
  }
  return (size_t)(out - bytes);
}

static inline void take_body(struct follower *follower, char *bytes, size_t length, uint64_t now) {
  if (follower->is_chunked) length = dechunk(follower, bytes, length);
  bytes = with_kept(follower, bytes, &length);
  cut_frames(follower, bytes, length, now);
}
#endif
