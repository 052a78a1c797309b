/* The same run as a Responses server streams it: what comes before the text deltas, each of them,
 * and what comes after them. */
#ifndef RESPONSE_H
#define RESPONSE_H
#include "frames.h"

static inline int response_frame(char *to, long run, const char *status, long number) {
  const char *name = strcmp(status, "completed") ? "created" : "completed";
  return sprintf(to,
                 "event: response.%s\n"
                 "data: {\"type\":\"response.%s\",\"sequence_number\":%ld,\"response\":{\"id\":"
                 "\"resp_bench%016ld\",\"object\":\"response\",\"created_at\":1763631000,"
                 "\"status\":\"%s\",\"error\":null,\"incomplete_details\":null,\"model\":\"bench\","
                 "\"output\":[],\"usage\":null,\"metadata\":{}}}\n\n",
                 name, name, number, run, status);
}

static inline int item_frame(char *to, long run, const char *name, const char *status,
                             const char *content, long number) {
  return sprintf(to,
                 "event: response.output_item.%s\n"
                 "data: {\"type\":\"response.output_item.%s\",\"sequence_number\":%ld,"
                 "\"output_index\":0,\"item\":{\"id\":\"msg_bench%016ld\",\"type\":\"message\","
                 "\"status\":\"%s\",\"role\":\"assistant\",\"content\":[%s]}}\n\n",
                 name, name, number, run, status, content);
}

static inline int response_opening_frames(char *to, long run) {
  char *end = to + response_frame(to, run, "in_progress", 0);
  end += item_frame(end, run, "added", "in_progress", "", 1);
  end += sprintf(end,
                 "event: response.content_part.added\n"
                 "data: {\"type\":\"response.content_part.added\",\"sequence_number\":2,"
                 "\"item_id\":\"msg_bench%016ld\",\"output_index\":0,\"content_index\":0,"
                 "\"part\":{\"type\":\"output_text\",\"text\":\"\",\"annotations\":[]}}\n\n",
                 run);
  return (int)(end - to);
}

/* The text delta number `i` of run `run`; returns its length. */
static inline int response_delta_frame(char *to, long run, long i) {
  return sprintf(to,
                 "event: response.output_text.delta\n"
                 "data: {\"type\":\"response.output_text.delta\",\"sequence_number\":%ld,"
                 "\"item_id\":\"msg_bench%016ld\",\"output_index\":0,\"content_index\":0,"
                 "\"delta\":\"%s\",\"logprobs\":[],\"obfuscation\":\"" MARK "\"}\n\n",
                 i + 3, run, word(i), (unsigned long long)now_ns(), i);
}

static inline int response_closing_frames(char *to, long run, long events) {
  static const char *TEXT =
      "{\"type\":\"output_text\",\"text\":\"the stream\",\"annotations\":[]}";
  char *end = to + item_frame(to, run, "done", "completed", TEXT, events + 3);
  return (int)(end + response_frame(end, run, "completed", events + 4) - to);
}
#endif
