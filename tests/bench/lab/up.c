/* An Assistants and Responses server that says nothing but what a benchmark needs.  A request for a
 * thread's runs, or for a response, that names a spec (frames.h) gets that run as a stream; all
 * others get a small fitting object.
 *     up PORT */
#define _GNU_SOURCE
#include "net.h"
#include "response.h"
#include "run.h"
#include <errno.h>

#define OUT_BYTES 65536
#define SEND_AT (16 * 1024)
#define JSON_BYTES 4096

enum { IDLE, STREAMING, ENDING };

struct conn {
  int state, is_blocked, is_response, in_length, out_sent, out_length;
  long run, made;
  uint64_t started;
  struct spec spec;
  char thread[160], in[8192], out[OUT_BYTES];
};

static struct conn *conns[MAX_FD];
static int streams[MAX_FD], stream_count, epoll;
static long runs, threads;

static void end_stream(int fd) {
  for (int j = 0; j < stream_count; j++)
    if (streams[j] == fd) streams[j--] = streams[--stream_count];
  if (conns[fd]) conns[fd]->state = IDLE;
}

static void close_conn(int fd) {
  end_stream(fd);
  free(conns[fd]);
  conns[fd] = 0;
  close(fd);
}

/* Returns 0 if the connection is gone. */
static int send_rest(int fd) {
  struct conn *conn = conns[fd];
  while (conn->out_sent < conn->out_length) {
    size_t length = (size_t)(conn->out_length - conn->out_sent);
    ssize_t sent = send(fd, conn->out + conn->out_sent, length, MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN) {
      close_conn(fd);
      return 0;
    }
    if (sent < 0) {
      if (!conn->is_blocked) watch_for(epoll, fd, EPOLLIN | EPOLLOUT);
      conn->is_blocked = 1;
      return 1;
    }
    conn->out_sent += (int)sent;
  }
  conn->out_sent = conn->out_length = 0;
  if (conn->is_blocked) watch_for(epoll, fd, EPOLLIN);
  conn->is_blocked = 0;
  if (conn->state == ENDING) end_stream(fd);
  return 1;
}

static void put(struct conn *conn, const char *bytes, int length) {
  memcpy(conn->out + conn->out_length, bytes, (size_t)length);
  conn->out_length += length;
}

static void put_chunk(struct conn *conn, const char *bytes, int length) {
  char size[16];
  put(conn, size, sprintf(size, "%x\r\n", (unsigned)length));
  put(conn, bytes, length);
  put(conn, "\r\n", 2);
}

static uint64_t next_due(const struct conn *conn) {
  return due_at(&conn->spec, conn->started, conn->made);
}

static int opening(const struct conn *conn, char *to) {
  return conn->is_response ? response_opening_frames(to, conn->run)
                           : opening_frames(to, conn->thread, conn->run);
}

static int delta(const struct conn *conn, char *to) {
  return (conn->is_response ? response_delta_frame : delta_frame)(to, conn->run, conn->made);
}

static int closing(const struct conn *conn, char *to) {
  return conn->is_response ? response_closing_frames(to, conn->run, conn->made)
                           : closing_frames(to, conn->thread, conn->run);
}

/* Sends what is due, a chunk per event.  One that is blocked makes nothing until it is read; one
 * that is read as fast as it writes still lets the others have their turn. */
static void stream(int fd) {
  char frames[4 * LONGEST_FRAME];
  for (int turn = 0; turn < 4; turn++) {
    struct conn *conn = conns[fd];
    if (conn->state != STREAMING || conn->out_length) return;
    while (conn->made < conn->spec.events && next_due(conn) <= now_ns() &&
           conn->out_length < SEND_AT) {
      put_chunk(conn, frames, delta(conn, frames));
      conn->made++;
    }
    if (conn->made == conn->spec.events) {
      put_chunk(conn, frames, closing(conn, frames));
      put(conn, "0\r\n\r\n", 5);
      conn->state = ENDING;
    }
    if (!conn->out_length || !send_rest(fd)) return;
  }
}

static void start_stream(int fd) {
  static const char *HEAD = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                            "Cache-Control: no-cache\r\nTransfer-Encoding: chunked\r\n\r\n";
  char frames[4 * LONGEST_FRAME];
  struct conn *conn = conns[fd];
  conn->run = ++runs;
  conn->made = 0;
  conn->started = now_ns() + (uint64_t)conn->spec.delay_ms * 1000000ull;
  /* Many runs of one pace do not beat in time. */
  if (conn->spec.rate > 0) conn->started += (uint64_t)((rand() % 1000) * 1e6 / conn->spec.rate);
  conn->state = STREAMING;
  streams[stream_count++] = fd;
  put(conn, HEAD, (int)strlen(HEAD));
  put_chunk(conn, frames, opening(conn, frames));
  send_rest(fd);
}

static void answer(int fd, int status, const char *json) {
  char text[JSON_BYTES + 256];
  int length = sprintf(text,
                       "HTTP/1.1 %d Bench\r\nContent-Type: application/json\r\n"
                       "Content-Length: %zu\r\n\r\n%s",
                       status, strlen(json), json);
  put(conns[fd], text, length);
  send_rest(fd);
}

static void answer_thread(int fd, const char *thread) {
  char json[JSON_BYTES];
  sprintf(json,
          "{\"id\":\"%s\",\"object\":\"thread\",\"created_at\":1763631000,\"metadata\":{},"
          "\"tool_resources\":{}}",
          thread);
  answer(fd, 200, json);
}

static void answer_list(int fd) {
  answer(fd, 200,
         "{\"object\":\"list\",\"data\":[],\"first_id\":null,\"last_id\":null,\"has_more\":false}");
}

static void answer_run(int fd, const char *thread, const char *run) {
  char json[JSON_BYTES];
  long number = 0;
  sscanf(run, "run_bench%ld", &number);
  run_json(json, thread, number, "completed");
  answer(fd, 200, json);
}

/* /v1/responses, /v1/THING or /v1/threads[/THREAD[/THING[/RUN…]]] */
static void route(int fd) {
  struct conn *conn = conns[fd];
  char thing[32] = "", part[32] = "", run[160] = "", fresh[64];
  conn->thread[0] = 0;
  sscanf(conn->in, "%*s /v1/%31[a-z]/%159[A-Za-z0-9_-]/%31[a-z]/%159[A-Za-z0-9_-]", thing,
         conn->thread, part, run);
  conn->is_response = !strcmp(thing, "responses");
  int is_run = conn->is_response || (!strcmp(part, "runs") && !*run);
  if (is_run && read_spec(conn->in, &conn->spec)) start_stream(fd);
  else if (*run) answer_run(fd, conn->thread, run);
  else if (*part || !strcmp(thing, "assistants")) answer_list(fd);
  else if (*conn->thread) answer_thread(fd, conn->thread);
  else if (!strcmp(thing, "threads")) {
    sprintf(fresh, "thread_bench%ld", ++threads);
    answer_thread(fd, fresh);
  } else answer(fd, 404, "{\"error\":{\"message\":\"the bench has no such thing\"}}");
}

static void take_request(int fd) {
  struct conn *conn = conns[fd];
  size_t room = sizeof conn->in - 1 - (size_t)conn->in_length;
  ssize_t length = recv(fd, conn->in + conn->in_length, room, 0);
  if (length <= 0) {
    if (length == 0 || errno != EAGAIN) close_conn(fd);
    return;
  }
  conn->in_length += (int)length;
  conn->in[conn->in_length] = 0;
  char *head_end = strstr(conn->in, "\r\n\r\n");
  char *header = strcasestr(conn->in, "\r\ncontent-length:");
  if (!head_end) return;
  long body = header && header < head_end ? atol(header + 17) : 0;
  if (conn->in_length < head_end + 4 - conn->in + body) return;
  conn->in_length = 0;
  route(fd);
}

/* The earliest time at which a stream has something to send, 0 if none waits for a time. */
static uint64_t earliest(void) {
  uint64_t due = 0;
  for (int j = 0; j < stream_count; j++) {
    struct conn *conn = conns[streams[j]];
    if (conn->state != STREAMING || conn->out_length) continue;
    if (!due || next_due(conn) < due) due = next_due(conn);
  }
  return due;
}

int main(int argc, char **argv) {
  if (argc != 2) return 2;
  int listener = listen_on(atoi(argv[1]));
  epoll = epoll_create1(0);
  watch(epoll, listener, EPOLLIN);
  int timer = add_timer(epoll);
  for (;;) {
    static struct epoll_event ready[512];
    uint64_t due = earliest();
    if (due) wake_at(timer, due);
    int count = epoll_wait(epoll, ready, 512, due && due <= now_ns() ? 0 : -1);
    for (int j = 0; j < count; j++) {
      int fd = ready[j].data.fd;
      if (fd == listener) {
        for (int k; (k = accept_from(listener)) >= 0; watch(epoll, k, EPOLLIN))
          conns[k] = calloc(1, sizeof(struct conn));
      } else if (fd == timer) {
        clear_timer(timer);
      } else {
        if (conns[fd] && ready[j].events & EPOLLOUT && !send_rest(fd)) continue;
        if (conns[fd] && ready[j].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) take_request(fd);
      }
    }
    for (int j = stream_count - 1; j >= 0; j--) stream(streams[j]);
  }
}
