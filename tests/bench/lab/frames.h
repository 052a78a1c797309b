/* What travels in every scenario: events of a run, each text delta with a mark that says when it
 * was made and which one of its run it is.  The mark stands in a field that no program reads:
 *     "obfuscation":"@@T<19 digits, CLOCK_MONOTONIC in ns>.<7 digits, number from 0>@@"
 * Only marked frames are counted. */
#ifndef FRAMES_H
#define FRAMES_H
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define MARK_START "@@T"
#define MARK MARK_START "%019llu.%07ld@@"
#define MARK_LENGTH 30
#define LONGEST_FRAME 2048

static inline uint64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000ull + (uint64_t)t.tv_nsec;
}

static inline const char *word(long i) {
  static const char *WORDS[] = {" the",     " stream", " of",      " tokens", " which", " answer",
                                "ing",      " a",      " question", ".",      " Further", ",",
                                " relayed", " to",     " every",   " browser"};
  return WORDS[i & 15];
}

/* The text delta number `i` of run `run`, as an Assistants server sends it; returns its length. */
static inline int delta_frame(char *to, long run, long i) {
  return sprintf(to,
                 "event: thread.message.delta\n"
                 "data: {\"id\":\"msg_bench%016ld\",\"object\":\"thread.message.delta\",\"delta\":"
                 "{\"content\":[{\"index\":0,\"type\":\"text\",\"text\":{\"value\":\"%s\","
                 "\"annotations\":[]}}]},\"obfuscation\":\"" MARK "\"}\n\n",
                 run, word(i), (unsigned long long)now_ns(), i);
}

/* "bench:k=EVENTS:r=PER_SECOND:d=DELAY_MS:" anywhere in a request says what to send: rate 0 is as
 * fast as it is read, the delay is before the first delta. */
struct spec {
  long events;
  double rate;
  long delay_ms;
};

static inline int read_spec(const char *request, struct spec *spec) {
  const char *at = strstr(request, "bench:"), *field;
  *spec = (struct spec){0};
  if (!at) return 0;
  if ((field = strstr(at, ":k="))) sscanf(field + 3, "%ld", &spec->events);
  if ((field = strstr(at, ":r="))) sscanf(field + 3, "%lf", &spec->rate);
  if ((field = strstr(at, ":d="))) sscanf(field + 3, "%ld", &spec->delay_ms);
  return 1;
}

/* When delta number `i` is due. */
static inline uint64_t due_at(const struct spec *spec, uint64_t start, long i) {
  return spec->rate > 0 ? start + (uint64_t)((double)i * 1e9 / spec->rate) : start;
}
#endif
