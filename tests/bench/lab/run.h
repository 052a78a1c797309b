/* A run as an Assistants server streams it: what comes before the text deltas, and after them. */
#ifndef RUN_H
#define RUN_H
#include "frames.h"

static inline int run_json(char *to, const char *thread, long run, const char *status) {
  return sprintf(to,
                 "{\"id\":\"run_bench%016ld\",\"object\":\"thread.run\",\"created_at\":1763631000,"
                 "\"assistant_id\":\"bench\",\"thread_id\":\"%s\",\"status\":\"%s\","
                 "\"required_action\":null,\"last_error\":null,\"incomplete_details\":null,"
                 "\"usage\":null,\"model\":\"bench\",\"instructions\":null,\"tools\":[],"
                 "\"metadata\":{}}",
                 run, thread, status);
}

static inline int message_json(char *to, const char *thread, long run, const char *status,
                               const char *content) {
  return sprintf(to,
                 "{\"id\":\"msg_bench%016ld\",\"object\":\"thread.message\","
                 "\"created_at\":1763631000,\"assistant_id\":\"bench\",\"thread_id\":\"%s\","
                 "\"run_id\":\"run_bench%016ld\",\"status\":\"%s\",\"incomplete_details\":null,"
                 "\"role\":\"assistant\",\"content\":[%s],\"attachments\":[],\"metadata\":{}}",
                 run, thread, run, status, content);
}

static inline int run_frame(char *to, const char *thread, long run, const char *status) {
  const char *name = strcmp(status, "queued") ? status : "created";
  char *end = to + sprintf(to, "event: thread.run.%s\ndata: ", name);
  end += run_json(end, thread, run, status);
  return (int)(end + sprintf(end, "\n\n") - to);
}

static inline int message_frame(char *to, const char *thread, long run, const char *name,
                                const char *status, const char *content) {
  char *end = to + sprintf(to, "event: thread.message.%s\ndata: ", name);
  end += message_json(end, thread, run, status, content);
  return (int)(end + sprintf(end, "\n\n") - to);
}

static inline int opening_frames(char *to, const char *thread, long run) {
  char *end = to + run_frame(to, thread, run, "queued");
  end += run_frame(end, thread, run, "in_progress");
  end += message_frame(end, thread, run, "created", "in_progress", "");
  return (int)(end + message_frame(end, thread, run, "in_progress", "in_progress", "") - to);
}

/* The finished message holds a short text whatever the deltas were: nothing here measures it. */
static inline int closing_frames(char *to, const char *thread, long run) {
  static const char *TEXT =
      "{\"type\":\"text\",\"text\":{\"value\":\"the stream\",\"annotations\":[]}}";
  char *end = to + message_frame(to, thread, run, "completed", "completed", TEXT);
  end += run_frame(end, thread, run, "completed");
  return (int)(end + sprintf(end, "event: done\ndata: [DONE]\n\n") - to);
}
#endif
